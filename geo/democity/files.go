package democity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// GeoJSON writes the three files of the city, by name. One feature is one line, so that a change can be read.
func (c *City) GeoJSON() map[string][]byte {
	district := geo.Grid{Code: c.District.Code, Name: c.District.Name, Boundary: c.District.Outline}
	return map[string][]byte{
		"district.geojson":  collection([]geo.Grid{district}),
		"community.geojson": collection(c.Communities),
		"road.geojson":      collection(c.Roads),
	}
}

func collection(grids []geo.Grid) []byte {
	var out bytes.Buffer
	out.WriteString(`{"type":"FeatureCollection","features":[`)
	for i, g := range grids {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n")
		feature(&out, g)
	}
	out.WriteString("\n]}\n")
	return out.Bytes()
}

func feature(out *bytes.Buffer, g geo.Grid) {
	properties, err := json.Marshal(struct {
		Code   string `json:"code"`
		Name   string `json:"name"`
		Kind   string `json:"kind,omitempty"`
		Street string `json:"street,omitempty"`
		Demo   bool   `json:"demo"`
	}{g.Code, g.Name, g.Kind, g.Street, true})
	if err != nil {
		panic(err) // Strings and a bool always marshal.
	}
	fmt.Fprintf(out, `{"type":"Feature","properties":%s,"geometry":{"type":`, properties)
	if len(g.Boundary) == 1 {
		out.WriteString(`"Polygon","coordinates":`)
		polygon(out, g.Boundary[0])
	} else {
		out.WriteString(`"MultiPolygon","coordinates":`)
		list(out, g.Boundary, polygon)
	}
	out.WriteString(`}}`)
}

func polygon(out *bytes.Buffer, poly orb.Polygon) {
	list(out, poly, func(out *bytes.Buffer, ring orb.Ring) {
		list(out, ring, func(out *bytes.Buffer, p orb.Point) {
			fmt.Fprintf(out, "[%s,%s]", degrees(p[0]), degrees(p[1]))
		})
	})
}

func list[T any](out *bytes.Buffer, items []T, write func(*bytes.Buffer, T)) {
	out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		write(out, item)
	}
	out.WriteByte(']')
}

// degrees writes whole steps of 1e-7 degrees without trailing zeros.
func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
