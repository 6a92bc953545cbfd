package geo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Asked is a command as somebody asks for it: with the version that they saw, and a layer in place of lines to snap to.
type Asked struct {
	Base  int64  `json:"base_version"`
	Layer string `json:"layer,omitempty"` // Of a snap: "community" or "road", whose borders in force are the lines.
	coverage.Command
}

// ReadAsked reads what somebody asks for, strictly: no unknown field, nothing after it, every field that it needs.
func ReadAsked(data []byte) (Asked, error) {
	var asked Asked
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&asked); err != nil {
		return Asked{}, Invalid("command", "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Asked{}, Invalid("command", "something follows it")
	}
	if asked.Base < 1 {
		return Asked{}, Invalid("base_version", "must be the version of the draft that the command was made on")
	}
	if asked.Layer == "" {
		return asked, validCommand(asked.Command)
	}
	if asked.Op != coverage.Snap || len(asked.Lines) > 0 {
		return Asked{}, Invalid("layer", "belongs to a snap without lines")
	}
	if err := Net(asked.Layer).Validate(); err != nil {
		return Asked{}, Invalid("layer", "must be %q or %q, not %q", Community, Road, asked.Layer)
	}
	asked.Lines = [][]orb.Point{make([]orb.Point, 2)} // What the layer has comes in its place.
	err := validCommand(asked.Command)
	asked.Lines = nil
	return asked, err
}

// validCommand is the engine's word on a command, in this room's form.
func validCommand(cmd coverage.Command) error {
	var bad *coverage.CommandError
	if err := cmd.Validate(); errors.As(err, &bad) {
		return Invalid(bad.Field, "%s", bad.Rule)
	} else if err != nil {
		return err
	}
	return nil
}

// complete puts into a command what only the record knows: the code of a grid that a split makes, and a layer's lines. It
// refuses a code that another grid had.
func (d *Drafts) complete(ctx context.Context, tx pgx.Tx, o *opened, asked Asked) (coverage.Command, error) {
	cmd := asked.Command
	if asked.Layer != "" {
		lines, err := bordersNear(ctx, d.store.In(tx), Net(asked.Layer), o, cmd)
		if err != nil {
			return cmd, err
		}
		cmd.Lines = lines
	}
	if cmd.Op == coverage.Split {
		made, err := o.named(ctx, tx, cmd)
		if err != nil {
			return cmd, err
		}
		cmd.New = made
	}
	return cmd, refuseUsed(ctx, tx, o, cmd)
}

// named is what a split shall make: the next free code, and the old grid's kind, street and name where nobody gave others.
func (o *opened) named(ctx context.Context, tx pgx.Tx, cmd coverage.Command) (*coverage.NewGrid, error) {
	made := *cmd.New
	if old, ok := o.cover.Grid(cmd.Code); ok {
		made.Name = cmp.Or(made.Name, old.Name+"（新）")
		made.Kind, made.Street = cmp.Or(made.Kind, old.Kind), cmp.Or(made.Street, old.Street)
	}
	if made.Code != "" || !gridCode.MatchString(cmd.Code) {
		return &made, nil
	}
	next, err := nextCode(ctx, tx, o.edition.Net, cmd.Code[:12])
	made.Code = next
	return &made, err
}

// nextCode is the code after the last that any edition has in a community, published or not.
func nextCode(ctx context.Context, tx pgx.Tx, net Net, community string) (string, error) {
	var last string
	err := tx.QueryRow(ctx, `
		SELECT coalesce(max(code), $2 || '000') FROM grids WHERE net = $1 AND code BETWEEN $2 || '000' AND $2 || '999'`,
		net, community).Scan(&last)
	if err != nil {
		return "", fmt.Errorf("codes of community %s: %w", community, err)
	}
	number, err := strconv.Atoi(last[12:])
	if err != nil || number >= 999 {
		return "", &coverage.Refusal{Rule: coverage.BadCode, Text: "all 999 codes of community " + community + " were given", Codes: []string{last}}
	}
	return fmt.Sprintf("%s%03d", community, number+1), nil
}

// CodeUsed is the rule by which a code that another grid once had is refused.
const CodeUsed = "code_used"

// refuseUsed holds a code to one grid for ever. The grids that the draft began with keep theirs.
func refuseUsed(ctx context.Context, tx pgx.Tx, o *opened, cmd coverage.Command) error {
	code := cmd.NewCode
	switch {
	case cmd.Op == coverage.Split:
		code = cmd.New.Code
	case cmd.Op == coverage.Create:
		code = cmd.Grid.Code
	}
	if code == "" {
		return nil
	}
	return refuseUsedCode(ctx, tx, o, code)
}

func refuseUsedCode(ctx context.Context, tx pgx.Tx, o *opened, code string) error {
	used, err := usedCodes(ctx, tx, o.edition, []string{code})
	if err != nil || len(used) == 0 {
		return err
	}
	return &coverage.Refusal{Rule: CodeUsed, Text: "another grid had this code: codes are never used twice", Codes: used}
}

// usedCodes are those of the codes that a published edition had, but neither the edition's base nor what it follows.
func usedCodes(ctx context.Context, tx pgx.Tx, e Edition, codes []string) ([]string, error) {
	rows, _ := tx.Query(ctx, `
		SELECT asked.code FROM unnest($2::text[]) AS asked (code)
		WHERE EXISTS (SELECT FROM grids g JOIN editions p ON p.id = g.edition
				WHERE g.net = $1 AND g.code = asked.code AND p.from_at IS NOT NULL)
			AND NOT EXISTS (SELECT FROM grids g WHERE g.edition = ANY ($3) AND g.code = asked.code)
		ORDER BY asked.code`, e.Net, codes, []int64{e.Base, e.Replaces})
	used, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("codes of edition %d: %w", e.ID, err)
	}
	return used, nil
}

// bordersNear are the borders in force of a net around the grids that a snap names.
func bordersNear(ctx context.Context, store *Store, net Net, o *opened, cmd coverage.Command) ([][]orb.Point, error) {
	var shapes []coverage.Grid
	for _, code := range cmd.Codes {
		if shape, ok := o.cover.Grid(code); ok {
			shapes = append(shapes, shape)
		}
	}
	bound := boundOfShapes(shapes...)
	east, north := metresPerDegree(bound.Center()[1])
	reach := orb.Bound{Min: orb.Point{bound.Min[0] - cmd.ToleranceM/east, bound.Min[1] - cmd.ToleranceM/north},
		Max: orb.Point{bound.Max[0] + cmd.ToleranceM/east, bound.Max[1] + cmd.ToleranceM/north}}
	rows, _ := store.pool.Query(ctx, `
		SELECT g.geom FROM editions e JOIN grids g ON g.edition = e.id
		WHERE e.net = $1 AND e.from_at <= now() AND (e.until_at IS NULL OR now() < e.until_at) AND g.geom && $2::geometry
		ORDER BY g.code`, net, reach.ToPolygon())
	areas, err := pgx.CollectRows(rows, pgx.RowTo[orb.MultiPolygon])
	if err != nil {
		return nil, fmt.Errorf("borders of the %s net: %w", net, err)
	}
	var lines [][]orb.Point
	for _, area := range areas {
		for _, polygon := range area {
			for _, ring := range polygon {
				lines = append(lines, ring)
			}
		}
	}
	if len(lines) == 0 {
		return nil, Invalid("layer", "the %s net has no border near these grids", net)
	}
	return lines, nil
}
