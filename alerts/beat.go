package alerts

import (
	"context"
	"fmt"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
)

// BeatColours is how many colours there are to tell beats by, from 1. 0 is none yet.
const BeatColours = 8

// BeatChange is what a planner makes of a beat.
type BeatChange struct {
	Beat
	Colour int
	// TakeOver says that grids which belong to other beats leave those. Without it they are refused.
	TakeOver bool
}

// GridsTakenError says which grids of a change belong to other beats.
type GridsTakenError struct{ Grids []TakenGrid }

// TakenGrid is a grid that belongs to another beat. Place is where the change names it.
type TakenGrid struct {
	Place int
	Beat  string // Its name.
}

func (e *GridsTakenError) Error() string {
	return fmt.Sprintf("%d grids belong to other beats", len(e.Grids))
}

// ChangeBeat makes the beat, or replaces all of it: whole, or not at all.
func (r *Roster) ChangeBeat(ctx context.Context, b BeatChange) error {
	if err := b.Validate(); err != nil {
		return err
	}
	if b.Colour < 0 || b.Colour > BeatColours {
		return geo.Invalid("colour", "must be a whole number from 0 to %d", BeatColours)
	}
	return pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		// Two planners at once would each see the grids free.
		if _, err := tx.Exec(ctx, `LOCK TABLE beat_grids IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return fmt.Errorf("beat %q: %w", b.ID, err)
		}
		if err := refuseUnknownGrids(ctx, tx, b.Beat); err != nil {
			return err
		}
		if !b.TakeOver {
			if err := refuseTaken(ctx, tx, b.Beat); err != nil {
				return err
			}
		}
		if err := putBeat(ctx, tx, b.Beat); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE beats SET colour = $2 WHERE id = $1`, b.ID, b.Colour)
		return err
	})
}

// refuseUnknownGrids refuses codes that no edition has which is in force or shall be, unless the beat had them before.
func refuseUnknownGrids(ctx context.Context, tx pgx.Tx, b Beat) error {
	nets, codes := splitKeys(b.Grids)
	rows, _ := tx.Query(ctx, `
		SELECT asked.place - 1, asked.code FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (net, code, place)
		WHERE NOT EXISTS (SELECT FROM editions e JOIN grids g ON g.edition = e.id
				WHERE e.net = asked.net AND e.from_at IS NOT NULL AND (e.until_at IS NULL OR now() < e.until_at) AND g.code = asked.code)
			AND NOT EXISTS (SELECT FROM beat_grids b WHERE b.net = asked.net AND b.code = asked.code AND b.beat = $1)
		ORDER BY asked.place LIMIT 1`, b.ID, nets, codes)
	var place int
	var code string
	_, err := pgx.ForEachRow(rows, []any{&place, &code}, func() error {
		return geo.Invalid(fmt.Sprintf("grids[%d].code", place), "no edition that is in force or ahead has %q", code)
	})
	return err
}

func refuseTaken(ctx context.Context, tx pgx.Tx, b Beat) error {
	nets, codes := splitKeys(b.Grids)
	rows, _ := tx.Query(ctx, `
		SELECT (asked.place - 1)::int, o.name
		FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS asked (net, code, place)
		JOIN beat_grids g ON g.net = asked.net AND g.code = asked.code AND g.beat <> $1
		JOIN beats o ON o.id = g.beat
		ORDER BY asked.place`, b.ID, nets, codes)
	taken, err := pgx.CollectRows(rows, pgx.RowToStructByPos[TakenGrid])
	if err != nil {
		return fmt.Errorf("beat %q: %w", b.ID, err)
	}
	if len(taken) > 0 {
		return &GridsTakenError{Grids: taken}
	}
	return nil
}

// DeleteBeat takes a beat away: nobody answers for its grids then.
func (r *Roster) DeleteBeat(ctx context.Context, id string) error {
	tag, err := r.pool.Exec(ctx, `DELETE FROM beats WHERE id = $1`, id)
	if err == nil && tag.RowsAffected() == 0 {
		err = geo.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("beat %q: %w", id, err)
	}
	return nil
}

// Colours are the colours of the beats by their ids.
func (r *Roster) Colours(ctx context.Context) (map[string]int, error) {
	rows, _ := r.pool.Query(ctx, `SELECT id, colour FROM beats`)
	colours := map[string]int{}
	var id string
	var colour int
	_, err := pgx.ForEachRow(rows, []any{&id, &colour}, func() error {
		colours[id] = colour
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("colours of beats: %w", err)
	}
	return colours, nil
}

// Officers are the people who can be members of beats, by name.
func (r *Roster) Officers(ctx context.Context) ([]Person, error) {
	rows, _ := r.pool.Query(ctx, `SELECT id, username, name, role FROM people WHERE active AND role = $1 ORDER BY name, id`, Officer)
	officers, err := pgx.CollectRows(rows, scanPerson)
	if err != nil {
		return nil, fmt.Errorf("officers: %w", err)
	}
	return officers, nil
}
