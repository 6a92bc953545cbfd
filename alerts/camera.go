package alerts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// CameraStore keeps the cameras of the city and their health. It is safe for many goroutines.
type CameraStore struct {
	pool     *pgxpool.Pool
	dispatch *Dispatch
	solved   *solutions
	log      *slog.Logger
	// Wake is called after every commit that wrote an event; nil is allowed.
	Wake func()
	// Pictures keeps what a camera in trouble shows; nil leaves its alerts without pictures.
	Pictures vision.Blobs
}

// NewCameraStore returns the cameras in pool's database. Dispatch names the grids that a camera stands in, and which of
// them answers when it is in trouble.
func NewCameraStore(pool *pgxpool.Pool, dispatch *Dispatch, log *slog.Logger) *CameraStore {
	return &CameraStore{pool: pool, dispatch: dispatch, solved: newSolutions(log), log: log}
}

const (
	defaultFPS = 2
	maxFPS     = 30
)

// Cameras returns every enabled camera with its views. A view whose calibration cannot be solved is logged and returned
// without one: its camera still watches, and its alerts stand at the camera's position.
func (s *CameraStore) Cameras(ctx context.Context) ([]vision.Camera, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT c.id, c.name, c.geom, c.place_class, c.source, c.loop, c.fast, c.substream, c.decode, c.fps, c.composed,
			coalesce((SELECT jsonb_agg(jsonb_build_object('id', v.id, 'pairs', v.pairs::text, 'masks', nullif(v.masks, '[]'),
				'reference', coalesce(v.reference, '')) ORDER BY v.rank, v.id) FROM views v WHERE v.camera = c.id), '[]')
		FROM cameras c
		WHERE c.enabled
		ORDER BY c.id`)
	cameras, err := pgx.CollectRows(rows, s.scanCamera)
	if err != nil {
		return nil, fmt.Errorf("cameras: %w", err)
	}
	return cameras, nil
}

// viewRow is a view as the query of Cameras packs it.
type viewRow struct {
	ID        string     `json:"id"`
	Pairs     string     `json:"pairs"`
	Masks     []orb.Ring `json:"masks"`
	Reference string     `json:"reference"`
}

func (s *CameraStore) scanCamera(row pgx.CollectableRow) (vision.Camera, error) {
	var c vision.Camera
	var rows []viewRow
	err := row.Scan(&c.ID, &c.Name, &c.Position, &c.PlaceClass, &c.Source.URL, &c.Source.Loop, &c.Source.Fast,
		&c.Source.Substream, &c.Source.Decode, &c.FPS, &c.Composed, &rows)
	if err != nil {
		return vision.Camera{}, err
	}
	var views []vision.View
	for _, r := range rows {
		solved := s.solved.of(c.ID, r.ID, r.Pairs)
		views = append(views, vision.View{ID: r.ID, Pairs: solved.pairs, Ground: solved.ground, Masks: r.Masks, Reference: r.Reference})
	}
	switch len(views) {
	case 0:
		c.View.ID = c.ID
	case 1:
		c.View = views[0]
	default:
		c.View, c.Views = views[0], views
	}
	return c, nil
}

// PutCamera adds the camera and its views, or replaces what they say; health stays as it is, and so do masks that are nil:
// who does not know of them may not take them away. Views that the camera had and that are not among c's are removed, but
// not while a fence is drawn on one. A reference picture is not c's to say: it stays until the source is another, or the
// masks are, for it shows what shall not be seen any more. An empty id of a single view takes the camera's.
func (s *CameraStore) PutCamera(ctx context.Context, c vision.Camera) error {
	if c.FPS == 0 {
		c.FPS = defaultFPS
	}
	if len(c.Views) == 0 && c.View.ID == "" {
		c.View.ID = c.ID
	}
	if err := validCamera(c); err != nil {
		return fmt.Errorf("camera %q: %w", c.ID, err)
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE views SET reference = NULL, reference_at = NULL, reference_by = NULL
			FROM cameras c WHERE views.camera = c.id AND c.id = $1 AND c.source <> $2`, c.ID, c.Source.URL); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO cameras (id, name, place_class, source, loop, fast, substream, decode, fps, composed, geom)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
			ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, place_class = EXCLUDED.place_class,
				source = EXCLUDED.source, loop = EXCLUDED.loop, fast = EXCLUDED.fast, substream = EXCLUDED.substream,
				decode = EXCLUDED.decode, fps = EXCLUDED.fps, composed = EXCLUDED.composed, geom = EXCLUDED.geom`,
			c.ID, c.Name, c.PlaceClass, c.Source.URL, c.Source.Loop, c.Source.Fast, c.Source.Substream, string(c.Source.Decode),
			c.FPS, c.Composed, c.Position); err != nil {
			return err
		}
		return putViews(ctx, tx, c.ID, c.Poses())
	})
	if err != nil {
		return fmt.Errorf("camera %q: %w", c.ID, err)
	}
	return nil
}

func putViews(ctx context.Context, tx pgx.Tx, cameraID string, views []vision.View) error {
	ids := []string{}
	for rank, v := range views {
		ids = append(ids, v.ID)
		pairs := v.Pairs
		if pairs == nil {
			pairs = []geo.Pair{}
		}
		tag, err := tx.Exec(ctx, `
			INSERT INTO views (id, camera, pairs, masks, rank) VALUES ($1, $2, $3, coalesce($4::jsonb, '[]'), $5)
			ON CONFLICT (id) DO UPDATE SET pairs = EXCLUDED.pairs, masks = coalesce($4::jsonb, views.masks), rank = EXCLUDED.rank,
				reference = CASE WHEN coalesce($4::jsonb, views.masks) = views.masks THEN views.reference END
			WHERE views.camera = EXCLUDED.camera`,
			v.ID, cameraID, pairs, v.Masks, rank)
		if err == nil && tag.RowsAffected() == 0 {
			err = geo.Invalid("view", "%q belongs to another camera", v.ID)
		}
		if err != nil {
			return err
		}
	}
	var drawnOn string
	err := tx.QueryRow(ctx, `
		SELECT v.id FROM views v JOIN fences f ON f.view = v.id WHERE v.camera = $1 AND v.id <> ALL($2) LIMIT 1`,
		cameraID, ids).Scan(&drawnOn)
	if err == nil {
		return geo.Invalid("views", "%q has a fence drawn on its frame: remove that first", drawnOn)
	}
	if !errors.Is(err, pgx.ErrNoRows) {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM views WHERE camera = $1 AND id <> ALL($2)`, cameraID, ids)
	return err
}

func validCamera(c vision.Camera) error {
	for _, field := range []struct{ name, value string }{
		{"id", c.ID}, {"name", c.Name}, {"place_class", c.PlaceClass}, {"source", c.Source.URL},
	} {
		if strings.TrimSpace(field.value) == "" || !validText(field.value) {
			return geo.Invalid(field.name, "must be text, and not empty")
		}
	}
	if !validText(c.Source.Substream) {
		return geo.Invalid("substream", "must be text")
	}
	if !c.Source.Decode.Valid() {
		return geo.Invalid("decode", "must be keyframes or all, or empty (got %q)", c.Source.Decode)
	}
	if c.FPS < 0 || c.FPS > maxFPS {
		return geo.Invalid("fps", "must be above 0 and at most %d", maxFPS)
	}
	if !validPoint(c.Position) {
		return geo.Invalid("position", "must be a longitude and a latitude in degrees")
	}
	return validViews(c.Poses())
}

// maxViews is how many poses of a camera are told apart.
const maxViews = 32

func validViews(views []vision.View) error {
	if len(views) > maxViews {
		return geo.Invalid("views", "must be %d at most, not %d", maxViews, len(views))
	}
	seen := map[string]bool{}
	for _, v := range views {
		if strings.TrimSpace(v.ID) == "" || !validText(v.ID) {
			return geo.Invalid("view", "must be text, and not empty")
		}
		if seen[v.ID] {
			return geo.Invalid("view", "%q stands twice", v.ID)
		}
		seen[v.ID] = true
		if err := v.ValidMasks(); err != nil {
			return fmt.Errorf("view %q: %w", v.ID, err)
		}
		if len(v.Pairs) > 0 {
			if _, err := geo.SolveGround(v.Pairs); err != nil {
				return fmt.Errorf("view %q: %w", v.ID, err)
			}
		}
	}
	return nil
}
