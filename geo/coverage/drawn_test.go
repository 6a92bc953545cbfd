package coverage_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gridwatch/geo/coverage"
)

// Tests draw on squared paper: a square is 1,000 units, some ten metres, and begins at this corner of the district.
const (
	square = 1000
	west   = 1_183_000_000
	south  = 368_000_000
)

// at is a point on the paper, in squares.
func at(x, y float64) coverage.Point {
	return coverage.Point{X: west + int32(x*square), Y: south + int32(y*square)}
}

// code is a code of the district by street-community and sequence: code("1.2", 3) is 370305001002003.
func code(community string, sequence int) string {
	var street, number int
	if _, err := fmt.Sscanf(community, "%d.%d", &street, &number); err != nil {
		panic(err)
	}
	return fmt.Sprintf("370305%03d%03d%03d", street, number, sequence)
}

// ring reads "0,0 1,0 1,1" and closes it.
func ring(text string) []coverage.Point {
	var points []coverage.Point
	for _, word := range strings.Fields(text) {
		var x, y float64
		if _, err := fmt.Sscanf(word, "%g,%g", &x, &y); err != nil {
			panic(err)
		}
		points = append(points, at(x, y))
	}
	return append(points, points[0])
}

// grid draws a grid of one polygon from its rings.
func grid(code string, rings ...string) coverage.Grid {
	g := coverage.Grid{Code: code, Name: "网格 " + code[9:], Kind: "community", Street: "闻韶街道", Boundary: []coverage.Polygon{{}}}
	for _, text := range rings {
		g.Boundary[0] = append(g.Boundary[0], ring(text))
	}
	return g
}

func recoded(g coverage.Grid, code string) coverage.Grid {
	g.Code = code
	return g
}

func with(g coverage.Grid, more coverage.Grid) coverage.Grid {
	g.Boundary = append(g.Boundary, more.Boundary...)
	return g
}

// command fills points on the paper into a command: (1,2) stands for a GeoJSON position.
func command(t testing.TB, text string) coverage.Command {
	t.Helper()
	var out strings.Builder
	for rest := text; rest != ""; {
		open := strings.Index(rest, "(")
		if open < 0 {
			out.WriteString(rest)
			break
		}
		end := strings.Index(rest, ")")
		var x, y float64
		if _, err := fmt.Sscanf(rest[open:end+1], "(%g,%g)", &x, &y); err != nil {
			t.Fatalf("%s: %v", rest[open:end+1], err)
		}
		p := at(x, y).Orb()
		fmt.Fprintf(&out, "%s[%.7f,%.7f]", rest[:open], p[0], p[1])
		rest = rest[end+1:]
	}
	if !json.Valid([]byte(out.String())) {
		t.Fatalf("not JSON: %s", out.String())
	}
	cmd, err := coverage.DecodeCommand([]byte(out.String()))
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}

// The drawings.
//
//	four      c d    a and b are the divided community 1.1, c is 1.2, d is 1.3; each has 4 × 4 squares.
//	          a b
//	nine      a b c / d e f / g h i, rows from the north, each 4 × 4 squares and a community of its own
//	hollow    nine without e
//	island    o has a hole which i fills; b is its eastern neighbour
//	parted    m has two parts, w lies between them and s below
//	junction  a is as high as b and c together and has no corner where they meet
//	slanted   three grids with crooked borders on which few unit points lie exactly
//	comb      a has three teeth to the north, between and around which lies b
//	doubled   a and b overlap, c is beside b
var (
	a4 = grid(code("1.1", 1), "0,0 4,0 4,4 0,4")
	b4 = grid(code("1.1", 2), "4,0 8,0 8,4 4,4")
	c4 = grid(code("1.2", 1), "0,4 4,4 4,8 0,8")
	d4 = grid(code("1.3", 1), "4,4 8,4 8,8 4,8")

	four = []coverage.Grid{a4, b4, c4, d4}
	nine = []coverage.Grid{
		grid(code("2.1", 1), "0,8 4,8 4,12 0,12"), grid(code("2.2", 1), "4,8 8,8 8,12 4,12"), grid(code("2.3", 1), "8,8 12,8 12,12 8,12"),
		grid(code("2.4", 1), "0,4 4,4 4,8 0,8"), grid(code("2.5", 1), "4,4 8,4 8,8 4,8"), grid(code("2.6", 1), "8,4 12,4 12,8 8,8"),
		grid(code("2.7", 1), "0,0 4,0 4,4 0,4"), grid(code("2.8", 1), "4,0 8,0 8,4 4,4"), grid(code("2.9", 1), "8,0 12,0 12,4 8,4"),
	}
	hollow = append(append([]coverage.Grid{}, nine[:4]...), nine[5:]...)
	island = []coverage.Grid{
		grid(code("3.1", 1), "0,0 12,0 12,12 0,12", "4,4 4,8 8,8 8,4"),
		grid(code("3.2", 1), "4,4 8,4 8,8 4,8"),
		grid(code("3.3", 1), "12,0 20,0 20,12 12,12"),
	}
	parted = []coverage.Grid{
		with(grid(code("4.1", 1), "0,4 4,4 4,8 0,8"), grid(code("4.1", 1), "8,4 12,4 12,8 8,8")),
		grid(code("4.2", 1), "4,4 8,4 8,8 4,8"),
		grid(code("4.3", 1), "0,0 12,0 12,4 8,4 4,4 0,4"),
	}
	junction = []coverage.Grid{
		grid(code("5.1", 1), "0,0 4,0 4,8 0,8"),
		grid(code("5.2", 1), "4,0 8,0 8,4 4,4"),
		grid(code("5.3", 1), "4,4 8,4 8,8 4,8"),
	}
	slanted = []coverage.Grid{
		grid(code("6.1", 1), "0,0 5.003,0.171 4.719,2.313 5.501,4.127 0.302,4.001"),
		grid(code("6.2", 1), "5.003,0.171 9.877,0.409 10.003,4.513 5.501,4.127 4.719,2.313"),
		grid(code("6.3", 1), "0.302,4.001 5.501,4.127 10.003,4.513 9.517,8.889 0.111,8.307"),
	}
	comb = []coverage.Grid{
		grid(code("7.1", 1), "0,0 12,0 12,8 10,8 10,3 9,3 9,6 7,6 7,3 4,3 4,7 2,7 2,3 0,3"),
		grid(code("7.2", 1), "0,3 2,3 2,7 4,7 4,3 7,3 7,6 9,6 9,3 10,3 10,8 12,8 12,10 0,10"),
	}
	doubled = []coverage.Grid{
		grid(code("8.1", 1), "0,0 5,0 5,4 0,4"),
		grid(code("8.2", 1), "4,0 8,0 8,4 4,4"),
		grid(code("8.3", 1), "8,0 12,0 12,4 8,4"),
	}
)
