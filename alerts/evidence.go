package alerts

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// Photo is a picture that an officer took; its bytes are in the blob store.
type Photo struct {
	SHA256      string
	Bytes       int64
	ContentType string
	TakenAt     time.Time // Zero is now.
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Validate returns the first rule that p breaks.
func (p Photo) Validate() error {
	if !sha256Form.MatchString(p.SHA256) {
		return geo.Invalid("photo.sha256", "must be 64 hexadecimal digits in lower case")
	}
	if p.Bytes <= 0 {
		return geo.Invalid("photo.bytes", "must be more than 0")
	}
	if p.ContentType == "" {
		return geo.Invalid("photo.content_type", "must not be empty")
	}
	return nil
}

// insertEvidence adds a picture with the next number, or nothing when the alert has it already. The caller holds the
// alert's row, so numbers are given one by one.
const insertEvidence = `
	INSERT INTO evidence (alert, n, kind, sha256, bytes, content_type, taken_at, person, occupancy)
	SELECT $1, 1 + coalesce(max(n), 0), $2, $3, $4, $5, $6, $7, $8 FROM evidence WHERE alert = $1
	ON CONFLICT (alert, kind, sha256) DO NOTHING`

// copyEvidence gives an alert the pictures of an occupancy that was another's. The other keeps its own: a picture that was
// shown under a number stays there.
const copyEvidence = `
	INSERT INTO evidence (alert, n, kind, sha256, bytes, content_type, taken_at, person, occupancy)
	SELECT $1, row_number() OVER (ORDER BY e.n) + (SELECT coalesce(max(n), 0) FROM evidence WHERE alert = $1),
		e.kind, e.sha256, e.bytes, e.content_type, e.taken_at, e.person, e.occupancy
	FROM evidence e WHERE e.alert = $2 AND e.occupancy = $3
	ON CONFLICT (alert, kind, sha256) DO NOTHING`

// ofThisAlert is true of evidence e of the alert it hangs on, and false of pictures of an occupancy that went to another.
const ofThisAlert = `(e.occupancy IS NULL OR EXISTS (SELECT FROM occupancies o WHERE o.id = e.occupancy AND o.alert = e.alert))`

// Evidence returns the n-th picture of an alert that the scope covers.
func (s *Store) Evidence(ctx context.Context, id int64, n int, scope Scope) (Evidence, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT e.n, e.kind, e.sha256, e.bytes, e.content_type, e.taken_at, NULL, NULL
		FROM evidence e
		JOIN alerts a ON a.id = e.alert
		WHERE e.alert = $1 AND e.n = $2 AND `+inScope(3), append([]any{id, n}, scope.sqlArgs()...)...)
	e, err := pgx.CollectExactlyOneRow(rows, scanEvidence)
	if err != nil {
		return Evidence{}, fmt.Errorf("evidence %d of alert %d: %w", n, id, notFound(err))
	}
	return e, nil
}

// RecordView writes down that the person looked at the n-th picture of an alert.
func (s *Store) RecordView(ctx context.Context, id int64, n int, personID int64) error {
	tag, err := s.pool.Exec(ctx, `
		INSERT INTO evidence_views (alert, n, person)
		SELECT alert, n, $3 FROM evidence WHERE alert = $1 AND n = $2`, id, n, personID)
	if err == nil && tag.RowsAffected() == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("record the view of evidence %d of alert %d: %w", n, id, err)
	}
	return nil
}

func evidenceOf(ctx context.Context, tx pgx.Tx, id int64) ([]Evidence, error) {
	rows, _ := tx.Query(ctx, `
		SELECT e.n, e.kind, e.sha256, e.bytes, e.content_type, e.taken_at, o.camera, coalesce(c.name, o.camera)
		FROM evidence e
		LEFT JOIN occupancies o ON o.id = e.occupancy
		LEFT JOIN cameras c ON c.id = o.camera
		WHERE e.alert = $1 AND `+ofThisAlert+`
		ORDER BY e.n`, id)
	return pgx.CollectRows(rows, scanEvidence)
}

func scanEvidence(row pgx.CollectableRow) (Evidence, error) {
	var e Evidence
	var cameraID, cameraName *string
	err := row.Scan(&e.N, &e.Kind, &e.SHA256, &e.Bytes, &e.ContentType, &e.TakenAt, &cameraID, &cameraName)
	e.TakenAt = e.TakenAt.UTC()
	if cameraID != nil {
		e.Camera = &CameraRef{ID: *cameraID, Name: *cameraName}
	}
	return e, err
}
