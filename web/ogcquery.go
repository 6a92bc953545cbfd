package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

const (
	ogcDefaultLimit = 100
	ogcMaxLimit     = 10_000
)

// ogcCRS is a coordinate reference system in which features are given and taken.
type ogcCRS struct {
	URI      string
	LatFirst bool // Its coordinates are latitude, longitude.
}

// ogcSystems are the systems of /ogc; the first is the default. EPSG:4490 (CGCS2000) differs from WGS-84 by decimetres at
// most, so nothing is moved: only the order of the axes is another, as the EPSG register has it.
var ogcSystems = []ogcCRS{
	{URI: "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
	{URI: "http://www.opengis.net/def/crs/EPSG/0/4326", LatFirst: true},
	{URI: "http://www.opengis.net/def/crs/EPSG/0/4490", LatFirst: true},
}

// ogcQuery is what somebody asks of a collection's items.
type ogcQuery struct {
	geo.FeatureQuery
	crs   ogcCRS
	limit int
	asked url.Values // As it came, for the links.
}

// badQuery is the refusal of a parameter. The standard wants 400, where this program's other doors say 422.
func badQuery(name, rule string, args ...any) error {
	rule = fmt.Sprintf(rule, args...)
	return problem(http.StatusBadRequest, name+": "+rule, Fault{Location: "query." + name, Message: rule})
}

// readOGCQuery reads the parameters of a collection's items. What the collection does not know is refused. Days are those
// of zone.
func readOGCQuery(set geo.FeatureSet, asked url.Values, now time.Time, zone *time.Location) (ogcQuery, error) {
	q := ogcQuery{crs: ogcSystems[0], limit: ogcDefaultLimit, asked: asked}
	boxCRS := ogcSystems[0]
	text := func(name string) string { return asked.Get(name) }
	for name, values := range asked {
		if len(values) > 1 {
			return ogcQuery{}, badQuery(name, "is given %d times", len(values))
		}
		if err := validText("query."+name, values[0]); err != nil {
			return ogcQuery{}, badQuery("query", "is not UTF-8 text")
		}
		var err error
		switch name {
		case "bbox", "datetime": // Below: their meaning depends on others.
		case "limit":
			q.limit, err = readLimit(values[0])
		case "crs":
			q.crs, err = readCRS("crs", values[0])
		case "bbox-crs":
			boxCRS, err = readCRS("bbox-crs", values[0])
		case "cursor":
			q.After, err = readCursor(set, values[0])
		default:
			err = q.readMatch(set, name, values[0])
		}
		if err != nil {
			return ogcQuery{}, err
		}
	}
	q.Flip = q.crs.LatFirst
	var err error
	if asked.Has("bbox") {
		if q.Boxes, err = readBox(text("bbox"), boxCRS); err != nil {
			return ogcQuery{}, err
		}
	}
	switch {
	case asked.Has("datetime"):
		q.From, q.Until, err = readDatetime(text("datetime"), zone)
	case set.Net != "" && q.Edition == 0: // The grids of now; later pages are of the same moment.
		q.From, q.Until = now, now
		q.asked = withParam(asked, "datetime", now.UTC().Format(time.RFC3339Nano))
	}
	return q, err
}

// readMatch reads a parameter that holds a property against a value.
func (q *ogcQuery) readMatch(set geo.FeatureSet, name, value string) error {
	for _, c := range set.Columns {
		if c.Name != name || !c.Filter {
			continue
		}
		if name == "edition" && set.Net != "" {
			id, err := strconv.ParseInt(value, 10, 64)
			if err != nil || id < 1 {
				return badQuery(name, "must be the number of an edition")
			}
			q.Edition = id
			return nil
		}
		if q.Match == nil {
			q.Match = map[string]string{}
		}
		q.Match[name] = value
		return nil
	}
	return badQuery(name, "is not a parameter of %s", set.Name)
}

func readLimit(text string) (int, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, badQuery("limit", "must be a whole number from 1 on; more than %d counts as that", ogcMaxLimit)
	}
	return int(min(n, ogcMaxLimit)), nil
}

func readCRS(name, uri string) (ogcCRS, error) {
	var known []string
	for _, crs := range ogcSystems {
		if crs.URI == uri {
			return crs, nil
		}
		known = append(known, crs.URI)
	}
	return ogcCRS{}, badQuery(name, "must be one of %s", strings.Join(known, ", "))
}

// readBox reads a box of four numbers, or of six with heights, which nothing here has. West of its east it may go over
// the antimeridian, and is two boxes then.
func readBox(text string, crs ogcCRS) ([]orb.Bound, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return nil, badQuery("bbox", "must be 4 numbers, or 6 with heights, not %d", len(parts))
	}
	numbers := make([]float64, len(parts))
	for i, part := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, badQuery("bbox", "number %d of it is none", i+1)
		}
		numbers[i] = n
	}
	axes := len(parts) / 2
	low, high := orb.Point{numbers[0], numbers[1]}, orb.Point{numbers[axes], numbers[axes+1]}
	order := "longitude, latitude"
	if crs.LatFirst {
		low, high = orb.Point{low[1], low[0]}, orb.Point{high[1], high[0]}
		order = "latitude, longitude"
	}
	if axes == 3 && numbers[2] > numbers[5] {
		return nil, badQuery("bbox", "its lower height is above its upper one")
	}
	for _, p := range []orb.Point{low, high} {
		if math.Abs(p.Lon()) > 180 || math.Abs(p.Lat()) > 90 {
			return nil, badQuery("bbox", "leaves the earth; in this system it is in the order %s", order)
		}
	}
	if low.Lat() > high.Lat() {
		return nil, badQuery("bbox", "its southern edge lies north of its northern one; in this system it is in the order %s", order)
	}
	if low.Lon() > high.Lon() {
		return []orb.Bound{
			{Min: low, Max: orb.Point{180, high.Lat()}},
			{Min: orb.Point{-180, low.Lat()}, Max: high},
		}, nil
	}
	return []orb.Bound{{Min: low, Max: high}}, nil
}

// readDatetime reads a moment, or the two ends of a time of which one or both are open: "..", or nothing. A day is whole,
// from its first moment to its last.
func readDatetime(text string, zone *time.Location) (from, until time.Time, err error) {
	first, last, interval := strings.Cut(text, "/")
	if !interval {
		last = first
	}
	if from, err = readEnd(first, interval, zone, false); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if until, err = readEnd(last, interval, zone, true); err != nil {
		return time.Time{}, time.Time{}, err
	}
	if !from.IsZero() && !until.IsZero() && until.Before(from) {
		return time.Time{}, time.Time{}, badQuery("datetime", "ends before it begins")
	}
	return from, until, nil
}

func readEnd(text string, mayBeOpen bool, zone *time.Location, last bool) (time.Time, error) {
	if mayBeOpen && (text == "" || text == "..") {
		return time.Time{}, nil
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		if last {
			day = day.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		return day, nil
	}
	t, err := time.Parse(time.RFC3339, strings.ToUpper(text))
	if err != nil {
		return time.Time{}, badQuery("datetime",
			"must be a time as RFC 3339 has it (2026-11-22T08:00:00Z), a day, or two of them with / between and .. for an open end")
	}
	return t, nil
}

// cursorText writes a place in a collection for a link: opaque to whoever follows it.
func cursorText(c geo.FeatureCursor) string {
	data, _ := json.Marshal(c) // A number and a text: never fails.
	return base64.RawURLEncoding.EncodeToString(data)
}

// readCursor reads what cursorText wrote.
func readCursor(set geo.FeatureSet, text string) (geo.FeatureCursor, error) {
	var c geo.FeatureCursor
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err == nil {
		err = validText("cursor", c.Key)
	}
	_, notNumber := strconv.ParseInt(c.Key, 10, 64)
	if err != nil || c.Key == "" || (c.Edition > 0) != (set.Net != "") || set.Number && notNumber != nil {
		return geo.FeatureCursor{}, badQuery("cursor", "is not one that a link of %s has", set.Name)
	}
	return c, nil
}

// withParam is asked with one parameter more, or another value of it.
func withParam(asked url.Values, name, value string) url.Values {
	changed := url.Values{}
	for key, values := range asked {
		changed[key] = values
	}
	changed.Set(name, value)
	return changed
}
