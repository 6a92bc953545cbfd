package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// A camera that is offline, or in a condition, is an alert of its own for the grid that lost its eyes (设备): one for each
// camera and trouble, made where the trouble is recorded and in the same transaction. Its rule is "camera_" and the
// trouble, its class the trouble; it stands where the camera does.

// TroubleMatter is the matter of a camera in trouble; configs/matters.yaml names it.
const TroubleMatter = "10996"

// troubleOffline is the trouble of a camera that brings no frames. The others are those of vision.Unfits.
const troubleOffline = "offline"

const troubleRule = "camera_"

// OfCamera reports whether the alert is of a camera in trouble, not of what one saw.
func (a Alert) OfCamera() bool { return strings.HasPrefix(a.Rule, troubleRule) }

// sameTrouble is how soon a trouble that comes back is the same alert: a camera that flaps is told once.
const sameTrouble = 10 * time.Minute

// trouble is what is said of a camera: that something is wrong with it, or is not any more.
type trouble struct {
	code     string
	since    time.Time // The first picture that showed it, or that did not come.
	at       time.Time
	note     string
	pictures []vision.Evidence
}

// cameraChange is a transaction on how a camera fares. It holds the camera's row.
type cameraChange struct {
	taking
	id       string
	state    string
	position orb.Point
	composed bool
}

// change runs do in a transaction that holds the camera, writes the events that do wrote down, and wakes the feed.
func (s *CameraStore) change(ctx context.Context, id string, do func(*cameraChange) error) error {
	told := false
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		c := &cameraChange{taking: taking{tx: tx, dispatch: s.dispatch}, id: id}
		// NO KEY: events may name the camera meanwhile, so that whoever holds an alert of it does not wait for it.
		err := tx.QueryRow(ctx, `SELECT state, geom, composed FROM cameras WHERE id = $1 FOR NO KEY UPDATE`, id).
			Scan(&c.state, &c.position, &c.composed)
		if err != nil {
			return notFound(err)
		}
		if err := do(c); err != nil {
			return err
		}
		told = len(c.events) > 0
		return c.writeEvents(ctx)
	})
	if err == nil && told && s.Wake != nil {
		s.Wake()
	}
	return err
}

// tell writes an event of the camera down.
func (c *cameraChange) tell(event EventType, note string) {
	c.events = append(c.events, eventToWrite{event: event, camera: c.id, note: note})
}

// begin makes an alert of the trouble, or opens the one again that it ended a little while ago and that nobody has dealt
// with since. One that is open already stays as it is.
func (c *cameraChange) begin(ctx context.Context, t trouble) error {
	last, err := c.lastOf(ctx, t.code)
	if err != nil || last.ID != "" && last.ClearedAt.IsZero() {
		return err
	}
	if last.ID != "" && t.at.Sub(last.ClearedAt) < sameTrouble {
		if opened, err := c.reopen(ctx, last, t); opened || err != nil {
			return err
		}
	}
	c.note = t.note
	c.in = c.sighting(vision.Raised, fmt.Sprintf("%s/%s/%d", c.id, troubleRule+t.code, t.at.UnixMicro()), t)
	return c.merge(ctx)
}

// end clears the trouble's alert, if one is open.
func (c *cameraChange) end(ctx context.Context, t trouble) error {
	last, err := c.lastOf(ctx, t.code)
	if err != nil || last.ID == "" || !last.ClearedAt.IsZero() {
		return err
	}
	t.since = last.Since
	if t.at.Before(last.RaisedAt) {
		t.at = last.RaisedAt
	}
	c.note = t.note
	c.in = c.sighting(vision.Cleared, last.ID, t)
	return c.merge(ctx)
}

// lastOf is the camera's last occupancy by that trouble; the zero one where it never had it.
func (c *cameraChange) lastOf(ctx context.Context, code string) (Occupancy, error) {
	rows, _ := c.tx.Query(ctx, selectOccupancies+`
		WHERE o.rule = $1 AND o.camera = $2 ORDER BY o.raised_at DESC, o.id DESC LIMIT 1`, troubleRule+code, c.id)
	last, err := pgx.CollectExactlyOneRow(rows, scanOccupancy)
	if errors.Is(err, pgx.ErrNoRows) {
		return Occupancy{}, nil
	}
	return last, err
}

// reopen takes the end of a trouble back, unless people have dealt with its alert.
func (c *cameraChange) reopen(ctx context.Context, o Occupancy, t trouble) (opened bool, err error) {
	known, err := lockAlerts(ctx, c.tx, []Occupancy{o})
	if err != nil {
		return false, err
	}
	before := known[o.AlertID]
	if before.Handling == Handled {
		return false, nil
	}
	o.ClearedAt = time.Time{}
	if err := writeOccupancy(ctx, c.tx, o); err != nil {
		return false, err
	}
	if _, err := writeAlert(ctx, c.tx, before.of([]Occupancy{o})); err != nil {
		return false, err
	}
	var batch pgx.Batch
	batch.Queue(`DELETE FROM sightings WHERE key = $1`, keyOf(o.ID, vision.Cleared))
	for _, e := range t.pictures {
		batch.Queue(insertEvidence, before.ID, e.Kind, e.SHA256, e.Bytes, "image/jpeg", e.At, nil, o.ID)
	}
	c.events = append(c.events, eventToWrite{event: AlertUpdated, alert: before.ID, note: t.note})
	return true, c.tx.SendBatch(ctx, &batch).Close()
}

// sighting is what the trouble says, in the form in which kernels speak.
func (c *cameraChange) sighting(kind vision.Kind, occupancy string, t trouble) vision.Sighting {
	at := t.at.UTC().Truncate(time.Microsecond)
	since := t.since.UTC().Truncate(time.Microsecond)
	if since.After(at) {
		since = at
	}
	return vision.Sighting{
		Key: keyOf(occupancy, kind), Kind: kind, Occupancy: occupancy, CameraID: c.id,
		Rule: troubleRule + t.code, Matter: TroubleMatter, Since: since, At: at,
		Position: c.position, Class: t.code, DwellS: at.Sub(since).Seconds(), Composed: c.composed,
		Why:      vision.Why{Rule: troubleRule + t.code, DwellS: at.Sub(since).Seconds()},
		Evidence: t.pictures,
	}
}

func keyOf(occupancy string, kind vision.Kind) string { return occupancy + "/" + string(kind) }

// picture is evidence of a picture in the blob store. One that cannot be had is none: an alert without it is better than
// none.
func (s *CameraStore) picture(ctx context.Context, kind, sha256 string, at time.Time) []vision.Evidence {
	if sha256 == "" || s.Pictures == nil {
		return nil
	}
	blob, err := s.Pictures.Open(ctx, sha256)
	var size int64
	if err == nil {
		size, err = blob.Seek(0, io.SeekEnd)
		blob.Close()
	}
	if err != nil {
		s.log.Error("picture of a camera's trouble is missing", "sha256", sha256, "err", err)
		return nil
	}
	return []vision.Evidence{{Kind: kind, SHA256: sha256, Bytes: size, At: at}}
}

// keep stores a picture that shows that a trouble is over.
func (s *CameraStore) keep(ctx context.Context, look vision.Look) []vision.Evidence {
	if len(look.JPEG) == 0 || s.Pictures == nil {
		return nil
	}
	sha256, err := s.Pictures.Put(ctx, look.JPEG)
	if err != nil {
		s.log.Error("picture of a camera that is well again was not stored", "err", err)
		return nil
	}
	return []vision.Evidence{{Kind: vision.EvidenceClear, SHA256: sha256, Bytes: int64(len(look.JPEG)), At: look.At}}
}
