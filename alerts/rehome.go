package alerts

import (
	"context"
	"fmt"
	"time"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// EditionRecord is what an edition's life changes among alerts: a geo.Record.
type EditionRecord struct {
	dispatch *Dispatch
}

// NewEditionRecord returns a record by whose dispatch a matter's two grids answer.
func NewEditionRecord(dispatch *Dispatch) *EditionRecord { return &EditionRecord{dispatch: dispatch} }

// EditionNews is what everybody is told of an edition that changed.
type EditionNews struct {
	Edition int64            `json:"edition"`
	Version int64            `json:"version"`
	State   geo.EditionState `json:"state"`
	Net     geo.Net          `json:"net"`
	Codes   []string         `json:"codes"`
	Bound   *[4]float64      `json:"bound"` // West, south, east, north of the grids that changed; nil where none did.
}

// Public reports whether the news is for everybody: what is not published concerns those who make it.
func (n EditionNews) Public() bool {
	return n.State == geo.EditionPublished || n.State == geo.EditionSuperseded || n.State == geo.EditionWithdrawn
}

// Rehoming says that an open matter went over to another grid of a net, because another edition came into force. The
// grids say which editions.
type Rehoming struct {
	Net      geo.Net
	From, To *GridRef // The owner in the net; nil where there is none.
	Answered *GridRef // The grid that answered before, in whichever net.
}

// Tell writes the event of an edition. It is the last that a transaction does.
func (r *EditionRecord) Tell(ctx context.Context, tx pgx.Tx, news geo.EditionNews) error {
	told := EditionNews{Edition: news.Edition, Version: news.Version, State: news.State, Net: news.Net, Codes: news.Codes}
	if told.Codes == nil {
		told.Codes = []string{}
	}
	if b := news.Bound; b != (orb.Bound{}) {
		told.Bound = &[4]float64{b.Min.Lon(), b.Min.Lat(), b.Max.Lon(), b.Max.Lat()}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO events (type, data) VALUES ($1, jsonb_build_object('edition', $2::jsonb))`, EditionChanged, told)
	if err != nil {
		return fmt.Errorf("tell of edition %d: %w", news.Edition, err)
	}
	return nil
}

// Inherit gives new grids to the beats of those whose ground they take. A grid that has a beat keeps it.
func (r *EditionRecord) Inherit(ctx context.Context, tx pgx.Tx, net geo.Net, heirs map[string]string) error {
	var codes, old []string
	for code, from := range heirs {
		codes, old = append(codes, code), append(old, from)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO beat_grids (net, code, beat)
		SELECT $1, heir.code, b.beat FROM unnest($2::text[], $3::text[]) AS heir (code, old)
		JOIN beat_grids b ON b.net = $1 AND b.code = heir.old
		ON CONFLICT DO NOTHING`, net, codes, old)
	if err != nil {
		return fmt.Errorf("beats of new grids: %w", err)
	}
	return nil
}

// Rehome gives every open matter to the grid that owns its ground in an edition that is in force, with an event for each
// that changes hands. Others keep the edition that they were mapped with. A repeat changes nothing.
func (r *EditionRecord) Rehome(ctx context.Context, tx pgx.Tx, inForce geo.Edition, owner func(orb.Point) (*geo.Grid, bool)) error {
	ids, err := movedMatters(ctx, tx, inForce.Net, owner)
	if err != nil || len(ids) == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, `SELECT FROM alerts WHERE id = ANY ($1) ORDER BY id FOR UPDATE`, ids); err != nil {
		return err
	}
	known, err := alertsByID(ctx, tx, ids)
	if err != nil {
		return err
	}
	var events pgx.Batch
	for _, id := range ids {
		a := known[id]
		if a.State == StateCleared || a.joined != 0 {
			continue // While this waited for the lock.
		}
		moved, err := r.rehome(ctx, tx, a, inForce, owner)
		if err != nil {
			return fmt.Errorf("re-home alert %d: %w", id, err)
		}
		if moved != nil {
			events.Queue(`
				INSERT INTO events (type, alert, data) VALUES ($1, $2, jsonb_build_object('note', $3::text, 'rehomed', $4::jsonb))`,
				AlertRehomed, id, moved.note(), moved)
		}
	}
	return tx.SendBatch(ctx, &events).Close()
}

// ownerColumn is the column of an alert's grid in each net.
var ownerColumn = map[geo.Net]string{geo.Community: "community_code", geo.Road: "road_code"}

// movedMatters are the open alerts that another grid of the net owns than the one that they were mapped with, by number.
func movedMatters(ctx context.Context, tx pgx.Tx, net geo.Net, owner func(orb.Point) (*geo.Grid, bool)) ([]int64, error) {
	rows, _ := tx.Query(ctx, `
		SELECT id, geom, coalesce(`+ownerColumn[net]+`, '') FROM alerts WHERE state <> 'cleared' AND joined IS NULL ORDER BY id`)
	var ids []int64
	var id int64
	var at orb.Point
	var code string
	_, err := pgx.ForEachRow(rows, []any{&id, &at, &code}, func() error {
		if codeAt(owner, at) != code {
			ids = append(ids, id)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open alerts: %w", err)
	}
	return ids, nil
}

func codeAt(owner func(orb.Point) (*geo.Grid, bool), at orb.Point) string {
	if grid, ok := owner(at); ok {
		return grid.Code
	}
	return ""
}

// rehome writes where a locked alert belongs now; nil where it belongs there already.
func (r *EditionRecord) rehome(ctx context.Context, tx pgx.Tx, a *Alert, inForce geo.Edition, owner func(orb.Point) (*geo.Grid, bool)) (*Rehoming, error) {
	place := &a.Community
	if inForce.Net == geo.Road {
		place = &a.Road
	}
	moved := Rehoming{Net: inForce.Net, From: *place, Answered: a.Grid}
	if grid, ok := owner(a.Position); ok {
		moved.To = &GridRef{Net: grid.Net, Code: grid.Code, Name: grid.Name, Street: grid.Street, Edition: inForce.ID, Demo: inForce.Demo}
	}
	if sameGrid(moved.From, moved.To) {
		return nil, nil
	}
	*place = moved.To
	a.Grid, _ = r.dispatch.Responsible(a.Matter, a.Position, a.RaisedAt, a.Community, a.Road)
	if sameGrid(a.Grid, moved.Answered) {
		return &moved, writeHome(ctx, tx, a)
	}
	team, err := toldOf(ctx, tx, a.Grid, time.Now(), r.dispatch.Zone)
	if err != nil {
		return nil, err
	}
	a.Officer = firstOf(team)
	if err := writeHome(ctx, tx, a); err != nil {
		return nil, err
	}
	if a.ReviewOnly {
		return &moved, nil
	}
	return &moved, queue(ctx, tx, a.ID, personIDs(team))
}

func writeHome(ctx context.Context, tx pgx.Tx, a *Alert) error {
	var community, road, grid GridRef
	var officer Ref
	for ref, from := range map[*GridRef]*GridRef{&community: a.Community, &road: a.Road, &grid: a.Grid} {
		if from != nil {
			*ref = *from
		}
	}
	if a.Officer != nil {
		officer = *a.Officer
	}
	_, err := tx.Exec(ctx, `
		UPDATE alerts SET community_code = $2, community_edition = $3, road_code = $4, road_edition = $5,
			grid_net = $6, grid_code = $7, officer = $8 WHERE id = $1`,
		a.ID, orNull(community.Code), orNull(community.Edition), orNull(road.Code), orNull(road.Edition),
		orNull(grid.Net), orNull(grid.Code), orNull(officer.ID))
	return err
}

// sameGrid reports whether two refer to one grid, in whichever editions.
func sameGrid(a, b *GridRef) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Key() == b.Key()
}

// note tells a re-homing in one line.
func (m Rehoming) note() string {
	said := func(g *GridRef) string {
		if g == nil {
			return "–"
		}
		return fmt.Sprintf("%s %s (%d)", g.Name, g.Code, g.Edition)
	}
	return said(m.From) + " → " + said(m.To)
}
