package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// CameraStore keeps the cameras of the city and their health. It is safe for many goroutines.
type CameraStore struct {
	pool    *pgxpool.Pool
	locator Locator
	solved  *solutions
	// Wake is called after every commit that wrote an event; nil is allowed.
	Wake func()
}

// NewCameraStore returns the cameras in pool's database. The locator names the grid that a camera stands in.
func NewCameraStore(pool *pgxpool.Pool, locator Locator, log *slog.Logger) *CameraStore {
	return &CameraStore{pool: pool, locator: locator, solved: newSolutions(log)}
}

const (
	defaultFPS = 2
	maxFPS     = 30
)

// Cameras returns every enabled camera with its view. A view whose calibration cannot be solved is logged and returned
// without one: its camera still watches, and its alerts stand at the camera's position.
func (s *CameraStore) Cameras(ctx context.Context) ([]vision.Camera, error) {
	rows, _ := s.pool.Query(ctx, `
		SELECT c.id, c.name, c.geom, c.place_class, c.source, c.loop, c.fast, c.substream, c.decode, c.fps, c.composed,
			coalesce(v.id, c.id), coalesce(v.pairs, '[]')::text, nullif(v.masks, '[]')
		FROM cameras c
		LEFT JOIN LATERAL (SELECT id, pairs, masks FROM views WHERE camera = c.id ORDER BY id LIMIT 1) v ON true
		WHERE c.enabled
		ORDER BY c.id`)
	cameras, err := pgx.CollectRows(rows, s.scanCamera)
	if err != nil {
		return nil, fmt.Errorf("cameras: %w", err)
	}
	return cameras, nil
}

func (s *CameraStore) scanCamera(row pgx.CollectableRow) (vision.Camera, error) {
	var c vision.Camera
	var pairs string
	err := row.Scan(&c.ID, &c.Name, &c.Position, &c.PlaceClass, &c.Source.URL, &c.Source.Loop, &c.Source.Fast,
		&c.Source.Substream, &c.Source.Decode, &c.FPS, &c.Composed, &c.View.ID, &pairs, &c.View.Masks)
	if err != nil {
		return vision.Camera{}, err
	}
	view := s.solved.of(c.ID, pairs)
	c.View.Pairs, c.View.Ground = view.pairs, view.ground
	return c, nil
}

// PutCamera adds the camera and its view, or replaces what they say; health stays as it is, and so do masks that are nil:
// who does not know of them may not take them away. A camera has one view. An empty view id takes the camera's.
func (s *CameraStore) PutCamera(ctx context.Context, c vision.Camera) error {
	if c.FPS == 0 {
		c.FPS = defaultFPS
	}
	if c.View.ID == "" {
		c.View.ID = c.ID
	}
	if err := validCamera(c); err != nil {
		return fmt.Errorf("camera %q: %w", c.ID, err)
	}
	pairs := c.View.Pairs
	if pairs == nil {
		pairs = []geo.Pair{}
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
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
		var others bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM views WHERE camera = $1 AND id <> $2)`,
			c.ID, c.View.ID).Scan(&others); err != nil {
			return err
		}
		if others {
			return geo.Invalid("view", "the camera has another view than %q", c.View.ID)
		}
		tag, err := tx.Exec(ctx, `
			INSERT INTO views (id, camera, pairs, masks) VALUES ($1, $2, $3, coalesce($4::jsonb, '[]'))
			ON CONFLICT (id) DO UPDATE SET pairs = EXCLUDED.pairs, masks = coalesce($4::jsonb, views.masks)
			WHERE views.camera = EXCLUDED.camera`,
			c.View.ID, c.ID, pairs, c.View.Masks)
		if err == nil && tag.RowsAffected() == 0 {
			err = geo.Invalid("view", "%q belongs to another camera", c.View.ID)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("camera %q: %w", c.ID, err)
	}
	return nil
}

func validCamera(c vision.Camera) error {
	for _, field := range []struct{ name, value string }{
		{"id", c.ID}, {"name", c.Name}, {"place_class", c.PlaceClass}, {"source", c.Source.URL}, {"view", c.View.ID},
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
	if err := c.View.ValidMasks(); err != nil {
		return fmt.Errorf("view %q: %w", c.View.ID, err)
	}
	if len(c.View.Pairs) > 0 {
		if _, err := geo.SolveGround(c.View.Pairs); err != nil {
			return fmt.Errorf("view %q: %w", c.View.ID, err)
		}
	}
	return nil
}
