package geo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// FeatureSet is a collection of the city's things as other people's tools read it: in which rows they are, and what
// each says of itself. The parts of SQL share their aliases; @now and @scope stand for the moment of the question and
// for the grids that may be seen.
type FeatureSet struct {
	Name string
	// Net is set where the things are the grids of editions: "" in a set that is not by edition, and AnyNet for both.
	Net     Net
	From    string // The tables, without the word FROM.
	Key     string // A unique column that names a feature and that pages run along.
	Number  bool   // Key is a whole number.
	Geom    string
	Shape   string // "point", "polygon", "multipolygon" or "any".
	Begins  string // When a thing began to hold, and
	Ends    string // when it ended, NULL while it holds; both empty for what has no dates.
	Where   string // What every feature of the set fulfils; may be empty.
	Scope   string // What a feature fulfils to be seen in @scope; empty where it is to touch a grid of it.
	Columns []FeatureColumn
}

// AnyNet is the Net of a set of grids of both nets. Their ids name the net before the code.
const AnyNet Net = "any"

// FeatureColumn is a property of the features of a set.
type FeatureColumn struct {
	Name   string
	Kind   ColumnKind
	Filter bool   // Features may be chosen by it.
	SQL    string // What it says.
}

// ColumnKind is how JSON writes a column.
type ColumnKind string

const (
	TextColumn   ColumnKind = "text"
	WholeColumn  ColumnKind = "whole"
	NumberColumn ColumnKind = "number"
	FlagColumn   ColumnKind = "flag"
	TimeColumn   ColumnKind = "time"
	ListColumn   ColumnKind = "list"
	ObjectColumn ColumnKind = "object"
)

// FeatureQuery chooses features of a set. The zero query chooses all that there ever were.
type FeatureQuery struct {
	Boxes       []orb.Bound       // They touch one of them; nil is anywhere.
	From, Until time.Time         // They held at some moment from the one to the other, both included; zero is open.
	Match       map[string]string // By the name of a column: what it says, as text.
	Scope       []string          // Grid keys "net/code"; nil is the whole city.
	ID          string            // Only this one.
	Edition     int64             // Of this published edition, where the set is by edition; 0 goes by the time.
	Draft       int64             // Of this edition, which nobody published.
	After       FeatureCursor     // They come after it.
	Flip        bool              // Coordinates are latitude, longitude.
}

// FeatureCursor is a place in the order of a set: just behind a feature. The zero cursor is the beginning.
type FeatureCursor struct {
	Edition int64 // Of the grid; 0 in a set that is not by edition.
	Key     string
}

// Feature is one thing of a set, as GeoJSON says it.
type Feature struct {
	ID         string
	Geometry   json.RawMessage // null where it has none.
	Properties json.RawMessage
	Place      FeatureCursor
}

// Features returns the first features of set that q chooses, limit of them at most. They come in one order, so that the
// place of the last is where the next call goes on. In a set of grids, a grid that several editions have is shown as it
// was in the last of those that q's time meets.
func (s *Store) Features(ctx context.Context, set FeatureSet, q FeatureQuery, limit int) ([]Feature, error) {
	var found []Feature
	err := s.eachPart(ctx, set, q, func(part featurePart) (bool, error) {
		more, err := s.featuresOf(ctx, set, part, q, limit-len(found))
		found = append(found, more...)
		return len(found) < limit, err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", set.Name, err)
	}
	return found, nil
}

// CountFeatures returns how many features Features would return without limit and cursor.
func (s *Store) CountFeatures(ctx context.Context, set FeatureSet, q FeatureQuery) (int, error) {
	q.After = FeatureCursor{}
	sum := 0
	err := s.eachPart(ctx, set, q, func(part featurePart) (bool, error) {
		where, args := part.where(set, q)
		var n int
		err := s.pool.QueryRow(ctx, `SELECT count(*) FROM `+set.From+where, args).Scan(&n)
		sum += n
		return true, err
	})
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", set.Name, err)
	}
	return sum, nil
}

// FeatureExtent is where and when the features of a set are.
type FeatureExtent struct {
	Bound       *orb.Bound // Nil where no feature has a geometry.
	From, Until time.Time  // Zero where the set has no dates, or no end.
}

// FeatureExtent returns the extent of the features that q chooses.
func (s *Store) FeatureExtent(ctx context.Context, set FeatureSet, q FeatureQuery) (FeatureExtent, error) {
	var extent FeatureExtent
	open := false // Something holds without an end.
	err := s.eachPart(ctx, set, q, func(part featurePart) (bool, error) {
		where, args := part.where(set, q)
		dates := `NULL::timestamptz, NULL::timestamptz, false`
		if set.Begins != "" {
			dates = fmt.Sprintf(`min(%s), max(%s), coalesce(bool_or(%s IS NULL), false)`, set.Begins, set.Ends, set.Ends)
		}
		var west, south, east, north *float64
		var from, until *time.Time
		var endless bool
		err := s.pool.QueryRow(ctx, `
			SELECT ST_XMin(b), ST_YMin(b), ST_XMax(b), ST_YMax(b), f, u, endless
			FROM (SELECT ST_Extent(`+set.Geom+`), `+dates+` FROM `+set.From+where+`) AS e (b, f, u, endless)`, args).
			Scan(&west, &south, &east, &north, &from, &until, &endless)
		if err != nil {
			return false, err
		}
		if west != nil {
			bound := orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}
			if extent.Bound != nil {
				bound = bound.Union(*extent.Bound)
			}
			extent.Bound = &bound
		}
		if from != nil && (extent.From.IsZero() || from.Before(extent.From)) {
			extent.From = from.UTC()
		}
		if until != nil && until.After(extent.Until) {
			extent.Until = until.UTC()
		}
		open = open || endless
		return true, nil
	})
	if err != nil {
		return FeatureExtent{}, fmt.Errorf("extent of %s: %w", set.Name, err)
	}
	if open {
		extent.Until = time.Time{}
	}
	return extent, nil
}

// featurePart is what one statement reads: the whole of a set, or one edition of a set of grids without the grids that
// a later one shows already.
type featurePart struct {
	edition int64
	shown   []int64
	after   string // The key that the part is read from, or empty.
}

// eachPart runs read over the parts of set that q meets, from the cursor on, until read wants no more.
func (s *Store) eachPart(ctx context.Context, set FeatureSet, q FeatureQuery, read func(featurePart) (more bool, err error)) error {
	parts := []featurePart{{}}
	if set.Net != "" {
		var err error
		if parts, err = s.editionParts(ctx, set, q); err != nil {
			return err
		}
	}
	if q.After.Edition != 0 {
		at := slices.IndexFunc(parts, func(p featurePart) bool { return p.edition == q.After.Edition })
		if at < 0 {
			return Invalid("cursor", "the edition that it stands in is not one of these")
		}
		parts = parts[at:]
	}
	for i, part := range parts {
		if i == 0 {
			part.after = q.After.Key
		}
		if more, err := read(part); err != nil || !more {
			return err
		}
	}
	return nil
}

// editionParts are the published editions that were in force within q's time, the latest of each net first.
func (s *Store) editionParts(ctx context.Context, set FeatureSet, q FeatureQuery) ([]featurePart, error) {
	if q.Draft != 0 {
		return []featurePart{{edition: q.Draft}}, nil
	}
	nets := []Net{set.Net}
	if set.Net == AnyNet {
		nets = Nets
	}
	rows, _ := s.pool.Query(ctx, `
		SELECT e.id, e.net FROM editions e
		WHERE e.net = ANY(@nets) AND e.from_at IS NOT NULL AND (@edition::bigint = 0 OR e.id = @edition)
			AND (@until::timestamptz IS NULL OR e.from_at <= @until)
			AND (@from::timestamptz IS NULL OR e.until_at IS NULL OR @from < e.until_at)
		ORDER BY e.net, e.from_at DESC`,
		pgx.NamedArgs{"nets": nets, "edition": q.Edition, "from": orNone(q.From), "until": orNone(q.Until)})
	var parts []featurePart
	shown := map[Net][]int64{}
	var id int64
	var net Net
	_, err := pgx.ForEachRow(rows, []any{&id, &net}, func() error {
		parts = append(parts, featurePart{edition: id, shown: slices.Clone(shown[net])})
		shown[net] = append(shown[net], id)
		return nil
	})
	return parts, err
}

// where is the WHERE of one part of set, with its arguments.
func (p featurePart) where(set FeatureSet, q FeatureQuery) (string, pgx.NamedArgs) {
	terms := []string{"true"}
	args := pgx.NamedArgs{"scope": q.Scope, "now": time.Now()}
	term := func(sql string, name string, value any) {
		terms = append(terms, sql)
		args[name] = value
	}
	if set.Where != "" {
		terms = append(terms, set.Where)
	}
	if q.Scope != nil {
		scope := set.Scope
		if scope == "" {
			scope = TouchesScope(set.Geom)
		}
		terms = append(terms, scope)
	}
	if p.edition != 0 {
		term("g.edition = @edition", "edition", p.edition)
	} else if set.Begins != "" {
		if !q.Until.IsZero() {
			term(set.Begins+" <= @until", "until", q.Until)
		}
		if !q.From.IsZero() {
			term("("+set.Ends+" IS NULL OR "+set.Ends+" >= @from)", "from", q.From)
		}
	}
	if len(p.shown) > 0 {
		term("NOT EXISTS (SELECT FROM grids l WHERE l.edition = ANY(@shown) AND l.code = g.code)", "shown", p.shown)
	}
	if len(q.Boxes) > 0 {
		var boxes []string
		for i, box := range q.Boxes {
			name := "box" + strconv.Itoa(i)
			boxes = append(boxes, fmt.Sprintf("%[1]s && @%[2]s AND ST_Intersects(%[1]s, @%[2]s)", set.Geom, name))
			args[name] = boxShape(box)
		}
		terms = append(terms, "("+strings.Join(boxes, " OR ")+")")
	}
	for i, c := range set.Columns {
		if value, asked := q.Match[c.Name]; asked {
			name := "match" + strconv.Itoa(i)
			term(c.text()+" = @"+name, name, value)
		}
	}
	if q.ID != "" {
		key := q.ID
		if set.Net == AnyNet {
			net, code, _ := strings.Cut(q.ID, "-")
			term("g.net = @net", "net", net)
			key = code
		}
		term(set.keyText()+" = @id", "id", key)
	}
	if p.after != "" {
		after := set.Key + " > @after"
		if set.Number {
			after += "::bigint"
		}
		term(after, "after", p.after)
	}
	return " WHERE " + strings.Join(terms, " AND "), args
}

// boxShape is a box as a valid geometry, also one without width or height.
func boxShape(b orb.Bound) orb.Geometry {
	switch {
	case b.Min == b.Max:
		return b.Min
	case b.Min[0] == b.Max[0] || b.Min[1] == b.Max[1]:
		return orb.LineString{b.Min, b.Max}
	}
	return b.ToPolygon()
}

// TouchesScope is SQL for a geometry that touches a grid of @scope as the grids are @now.
func TouchesScope(geom string) string { return touchesScope(geom, "@scope::text[]", "@now") }

func (set FeatureSet) keyText() string {
	if set.Number {
		return set.Key + "::text"
	}
	return set.Key
}

// text is the column as the text that a query is held against.
func (c FeatureColumn) text() string {
	if c.Kind == TextColumn {
		return c.SQL
	}
	return "(" + c.SQL + ")::text"
}

// featuresOf reads one part.
func (s *Store) featuresOf(ctx context.Context, set FeatureSet, part featurePart, q FeatureQuery, limit int) ([]Feature, error) {
	where, args := part.where(set, q)
	args["limit"] = limit
	geom := set.Geom
	if q.Flip {
		geom = "ST_FlipCoordinates(" + geom + ")"
	}
	id := set.keyText()
	if set.Net == AnyNet {
		id = "g.net || '-' || " + id
	}
	rows, _ := s.pool.Query(ctx, fmt.Sprintf(`
		SELECT %s, %s, coalesce(ST_AsGeoJSON(%s, %d), 'null'), %s FROM %s%s ORDER BY %s LIMIT @limit`,
		id, set.keyText(), geom, geoJSONDigits, set.properties(), set.From, where, set.Key), args)
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Feature, error) {
		f := Feature{Place: FeatureCursor{Edition: part.edition}}
		var geometry string
		err := row.Scan(&f.ID, &f.Place.Key, &geometry, (*[]byte)(&f.Properties))
		f.Geometry = json.RawMessage(geometry)
		return f, err
	})
}

// geoJSONDigits is enough for every coordinate to come out as it is stored.
const geoJSONDigits = 15

// properties is SQL for the JSON of a feature's columns, in their order.
func (set FeatureSet) properties() string {
	var pairs []string
	for _, c := range set.Columns {
		says := c.SQL
		if c.Kind == TimeColumn {
			says = `to_char(` + says + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
		}
		pairs = append(pairs, "'"+c.Name+"', "+says)
	}
	return "json_build_object(" + strings.Join(pairs, ", ") + ")"
}
