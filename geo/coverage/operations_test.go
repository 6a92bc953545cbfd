package coverage_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridwatch/geo/coverage"
)

// drawing writes grids as the drawings are written, one a line: "1.1/1: 0,0 4,0 4,4 0,4"; holes follow after "|", further
// polygons after ";".
func drawing(grids []coverage.Grid) string {
	var out strings.Builder
	for _, g := range grids {
		var street, community, sequence int
		fmt.Sscanf(g.Code, "370305%3d%3d%3d", &street, &community, &sequence)
		fmt.Fprintf(&out, "%d.%d/%d:", street, community, sequence)
		for i, poly := range g.Boundary {
			for k, ring := range poly {
				if k > 0 {
					out.WriteString(" |")
				} else if i > 0 {
					out.WriteString(" ;")
				}
				for _, p := range ring[:len(ring)-1] {
					fmt.Fprintf(&out, " %g,%g", float64(p.X-west)/square, float64(p.Y-south)/square)
				}
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

// becomes applies a command and compares all grids that it leaves changed with the drawing, and those that it removes.
func becomes(t *testing.T, grids []coverage.Grid, opt coverage.Options, text, want string, gone ...string) {
	t.Helper()
	cov := hold(t, grids)
	before := cov.Grids()
	change, err := cov.Apply(command(t, text), opt)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line+"\n")
		}
	}
	if have := drawing(change.After); have != strings.Join(lines, "") {
		t.Errorf("after:\n%swant:\n%s", have, strings.Join(lines, ""))
	}
	var removed []string
	for _, g := range change.Before {
		if _, there := cov.Grid(g.Code); !there {
			removed = append(removed, g.Code)
		}
	}
	if !slices.Equal(removed, gone) {
		t.Errorf("gone are %v, want %v", removed, gone)
	}
	after := cov.Grids()
	if err := cov.Revert(change); err != nil {
		t.Fatal(err)
	}
	same(t, before, cov.Grids())
	if err := cov.Replay(change); err != nil {
		t.Fatal(err)
	}
	same(t, after, cov.Grids())
}

func hold(t testing.TB, grids []coverage.Grid) *coverage.Coverage {
	t.Helper()
	cov, err := coverage.New(grids)
	if err != nil {
		t.Fatal(err)
	}
	return cov
}

var none coverage.Options

func TestMoveVertex_AllGridsAtACornerFollow(t *testing.T) {
	becomes(t, four, none, `{"op":"move_vertex","from":(4,4),"to":(4.5,4.25)}`, `
		1.1/1: 0,0 4,0 4.5,4.25 0,4
		1.1/2: 4,0 8,0 8,4 4.5,4.25
		1.2/1: 0,4 4.5,4.25 4,8 0,8
		1.3/1: 4,8 4.5,4.25 8,4 8,8`)
}

func TestMoveVertex_TheHoleAndTheIslandFollow(t *testing.T) {
	becomes(t, island, none, `{"op":"move_vertex","from":(4,4),"to":(3,3.5)}`, `
		3.1/1: 0,0 12,0 12,12 0,12 | 3,3.5 4,8 8,8 8,4
		3.2/1: 3,3.5 8,4 8,8 4,8`)
}

func TestMoveVertex_ClosesAGapByMeetingTheOtherCorner(t *testing.T) {
	becomes(t, twoApart, coverage.Options{Outline: true}, `{"op":"move_vertex","from":(4,4),"to":(5,4)}`, `
		1.5/1: 0,0 4,0 5,4 0,4`)
}

func TestMoveVertex_IsPutIntoTheBorderOnWhichItComesToLie(t *testing.T) {
	becomes(t, twoApart, coverage.Options{Outline: true}, `{"op":"move_vertex","from":(4,4),"to":(5,2)}`, `
		1.5/1: 0,0 4,0 5,2 0,4
		1.5/2: 5,0 9,0 9,4 5,4 5,2`)
}

func TestMoveVertex_ATJunctionIsClosedFirst(t *testing.T) {
	becomes(t, junction, none, `{"op":"move_vertex","from":(4,4),"to":(5,4.5)}`, `
		5.1/1: 0,0 4,0 5,4.5 4,8 0,8
		5.2/1: 4,0 8,0 8,4 5,4.5
		5.3/1: 4,8 5,4.5 8,4 8,8`)
}

func TestInsertVertex_InBothGrids(t *testing.T) {
	becomes(t, four, none, `{"op":"insert_vertex","edge":[(4,4),(4,0)],"at":(4.3,2)}`, `
		1.1/1: 0,0 4,0 4.3,2 4,4 0,4
		1.1/2: 4,0 8,0 8,4 4,4 4.3,2`)
}

func TestDeleteVertex_InBothGrids(t *testing.T) {
	becomes(t, slanted, none, `{"op":"delete_vertex","at":(4.719,2.313)}`, `
		6.1/1: 0,0 5.003,0.171 5.501,4.127 0.302,4.001
		6.2/1: 5.003,0.171 9.877,0.409 10.003,4.513 5.501,4.127`)
}

func TestMoveEdge_BothEndsInAllTheirGrids(t *testing.T) {
	becomes(t, nine, none, `{"op":"move_edge","edge":[(4,4),(4,8)],"by":[0.0001,0.00005]}`, `
		2.1/1: 0,8 5,8.5 4,12 0,12
		2.2/1: 4,12 5,8.5 8,8 8,12
		2.4/1: 0,4 5,4.5 5,8.5 0,8
		2.5/1: 5,4.5 8,4 8,8 5,8.5
		2.7/1: 0,0 4,0 5,4.5 0,4
		2.8/1: 4,0 8,0 8,4 5,4.5`)
}

func TestSplit_TheLargerPartKeepsTheCodeAndTheNeighbourGetsTheCorner(t *testing.T) {
	becomes(t, four, none, `{"op":"split","code":"370305001001001","line":[(3,-1),(3,5)],"new":{"name":"新"}}`, `
		1.1/1: 0,0 3,0 3,4 0,4
		1.1/3: 3,0 4,0 4,4 3,4
		1.2/1: 0,4 3,4 4,4 4,8 0,8`)
}

func TestSplit_ThePartWithThePointKeepsTheCode(t *testing.T) {
	becomes(t, four, none, `{"op":"split","code":"370305001001001","line":[(3,-1),(3,5)],"new":{"code":"370305001001009"},"keep":(3.5,1)}`, `
		1.1/1: 3,0 4,0 4,4 3,4
		1.1/9: 0,0 3,0 3,4 0,4
		1.2/1: 0,4 3,4 4,4 4,8 0,8`)
}

func TestSplit_ThroughAHoleMakesTwoHalvesAround(t *testing.T) {
	becomes(t, island, none, `{"op":"split","code":"370305003001001","line":[(6,-1),(6,13)],"new":{}}`, `
		3.1/1: 0,0 6,0 6,4 4,4 4,8 6,8 6,12 0,12
		3.1/2: 6,0 12,0 12,12 6,12 6,8 8,8 8,4 6,4
		3.2/1: 4,4 6,4 8,4 8,8 6,8 4,8`)
}

func TestSplit_AHoleStaysOnItsSide(t *testing.T) {
	becomes(t, island, none, `{"op":"split","code":"370305003001001","line":[(2,-1),(2,13)],"new":{}}`, `
		3.1/1: 2,0 12,0 12,12 2,12 | 4,4 4,8 8,8 8,4
		3.1/2: 0,0 2,0 2,12 0,12`)
}

func TestSplit_TheUncutPartOfAMultipolygonStays(t *testing.T) {
	becomes(t, parted, none, `{"op":"split","code":"370305004001001","line":[(10,3),(10,9)],"new":{}}`, `
		4.1/1: 0,4 4,4 4,8 0,8 ; 8,4 10,4 10,8 8,8
		4.1/2: 10,4 12,4 12,8 10,8
		4.3/1: 0,0 12,0 12,4 10,4 8,4 4,4 0,4`)
}

func TestSplit_AcrossThreeTeethOnlyTheLargestIsCutOff(t *testing.T) {
	becomes(t, comb, none, `{"op":"split","code":"370305007001001","line":[(-1,5),(13,5)],"new":{}}`, `
		7.1/1: 0,0 12,0 12,5 10,5 10,3 9,3 9,6 7,6 7,3 4,3 4,7 2,7 2,3 0,3
		7.1/2: 10,5 12,5 12,8 10,8
		7.2/1: 0,3 2,3 2,7 4,7 4,3 7,3 7,6 9,6 9,3 10,3 10,5 10,8 12,8 12,10 0,10`)
}

// The western side of the grid is outline: no unit point lies on it but its ends, so the line ends in its corner.
func TestSplit_WithoutTheRightTheOutlineDoesNotBend(t *testing.T) {
	becomes(t, slanted, none, `{"op":"split","code":"370305006001001","line":[(-1,1.3),(2.2,2.7),(6,3.1)],"new":{}}`, `
		6.1/1: 0,0 5.003,0.171 4.719,2.313 5.014,2.996 2.2,2.7
		6.1/2: 0,0 2.2,2.7 5.014,2.996 5.501,4.127 0.302,4.001
		6.2/1: 4.719,2.313 5.003,0.171 9.877,0.409 10.003,4.513 5.501,4.127 5.014,2.996`)
}

func TestMerge_TheCommonBorderGoes(t *testing.T) {
	becomes(t, four, none, `{"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001001002"}`, `
		1.1/2: 0,0 4,0 8,0 8,4 4,4 0,4`, code("1.1", 1))
}

func TestMerge_AnIslandFillsItsHole(t *testing.T) {
	becomes(t, island, none, `{"op":"merge","codes":["370305003001001","370305003002001"],"into":"370305003001001"}`, `
		3.1/1: 0,0 12,0 12,12 0,12`, code("3.2", 1))
}

func TestMerge_TheGridBetweenJoinsTheParts(t *testing.T) {
	becomes(t, parted, none, `{"op":"merge","codes":["370305004001001","370305004002001"],"into":"370305004001001"}`, `
		4.1/1: 0,4 4,4 8,4 12,4 12,8 8,8 4,8 0,8`, code("4.2", 1))
}

func TestReshape_ABulgeIsTakenFromTheNeighbour(t *testing.T) {
	becomes(t, four, none, `{"op":"reshape","code":"370305001001001","line":[(4,1),(5,1.5),(5,2.5),(4,3)]}`, `
		1.1/1: 0,0 4,0 4,1 5,1.5 5,2.5 4,3 4,4 0,4
		1.1/2: 4,0 8,0 8,4 4,4 4,3 5,2.5 5,1.5 4,1`)
}

func TestReshape_ADentIsGivenToTheNeighbour(t *testing.T) {
	becomes(t, four, none, `{"op":"reshape","code":"370305001001001","line":[(4,1),(3,1.5),(3,2.5),(4,3)]}`, `
		1.1/1: 0,0 4,0 4,1 3,1.5 3,2.5 4,3 4,4 0,4
		1.1/2: 3,1.5 4,1 4,0 8,0 8,4 4,4 4,3 3,2.5`)
}

func TestReshape_TakesFromAllNeighboursThatTheLineCrosses(t *testing.T) {
	becomes(t, nine, none, `{"op":"reshape","code":"370305002005001","line":[(7,8),(7,9),(9,9),(9,7),(8,7)]}`, `
		2.2/1: 4,8 7,8 7,9 8,9 8,12 4,12
		2.3/1: 8,9 9,9 9,8 12,8 12,12 8,12
		2.5/1: 4,4 8,4 8,7 9,7 9,8 9,9 8,9 7,9 7,8 4,8
		2.6/1: 8,4 12,4 12,8 9,8 9,7 8,7`)
}

func TestReshape_IntoAGapConcernsNobodyElse(t *testing.T) {
	becomes(t, hollow, none, `{"op":"reshape","code":"370305002004001","line":[(4,5),(6,5),(6,7),(4,7)]}`, `
		2.4/1: 0,4 4,4 4,5 6,5 6,7 4,7 4,8 0,8`)
}

func TestReshape_ALineThatComesBackOverItsOwnPocket(t *testing.T) {
	becomes(t, four, none, `{"op":"reshape","code":"370305001001001","line":[(4,3),(5,3),(5,1),(3,1),(3,2),(4,2)]}`, `
		1.1/1: 0,0 4,0 4,1 5,1 5,3 4,3 4,4 0,4
		1.1/2: 4,0 8,0 8,4 4,4 4,3 5,3 5,1 4,1`)
}

func TestAssignHole_GoesToOneNeighbour(t *testing.T) {
	becomes(t, hollow, none, `{"op":"assign_hole","at":(6,6),"code":"370305002004001"}`, `
		2.4/1: 0,4 4,4 8,4 8,8 4,8 0,8`)
}

func TestAssignHole_AnIslandInItStaysOut(t *testing.T) {
	becomes(t, around, none, `{"op":"assign_hole","at":(5,2),"code":"370305009001001"}`, `
		9.1/1: 0,0 4,0 4,1 11,1 11,7 4,7 4,8 0,8 | 6,3 6,5 8,5 8,3`)
}

func TestSnap_VerticesNearTheLineGoToIt(t *testing.T) {
	becomes(t, slanted, none, `{"op":"snap","codes":["370305006001001"],"lines":[[(4.9,-1),(4.9,9)]],"tolerance_m":5}`, `
		6.1/1: 0,0 5.003,0.171 4.9,2.313 5.501,4.127 0.302,4.001
		6.2/1: 4.9,2.313 5.003,0.171 9.877,0.409 10.003,4.513 5.501,4.127`)
}

func TestCreate_ItsCornersGoIntoTheNeighbours(t *testing.T) {
	becomes(t, hollow, none, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(4,5),(4,7),(8,7),(8,5),(4,5)]]}}}`, `
		2.4/1: 0,4 4,4 4,5 4,7 4,8 0,8
		2.5/9: 4,5 8,5 8,7 4,7
		2.6/1: 8,4 12,4 12,8 8,8 8,7 8,5`)
}

func TestReplace_LeavesAGap(t *testing.T) {
	becomes(t, nine, none, `{"op":"replace","code":"370305002005001","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,7),(4,8),(4,4)]]}}`, `
		2.5/1: 4,4 8,4 8,7 4,8
		2.6/1: 8,4 12,4 12,8 8,8 8,7`)
}

func TestDelete_LeavesAGap(t *testing.T) {
	becomes(t, nine, none, `{"op":"delete","code":"370305002005001"}`, ``, code("2.5", 1))
}

func TestDescribe_ANewCodeIsANewGrid(t *testing.T) {
	becomes(t, four, none, `{"op":"describe","code":"370305001001001","new_code":"370305001001005"}`, `
		1.1/5: 0,0 4,0 4,4 0,4`, code("1.1", 1))
}

// A divided community may be mended step by step: its ground may be free for a while, but nobody else's.
func TestLeavesCommunity_FreeGroundStaysTheCommunitys(t *testing.T) {
	cov := hold(t, []coverage.Grid{nine[0], nine[1], nine[2], nine[3], recoded(nine[4], code("2.6", 2)), nine[5], nine[6], nine[7], nine[8]})
	opt := coverage.Options{Divided: coverage.Divided(cov.Grids())}
	if _, err := cov.Apply(command(t, `{"op":"delete","code":"370305002006002"}`), opt); err != nil {
		t.Fatal(err)
	}
	refusedBy(t, cov, opt, `{"op":"assign_hole","at":(6,6),"code":"370305002004001"}`, coverage.LeavesCommunity)
	if _, err := cov.Apply(command(t, `{"op":"assign_hole","at":(6,6),"code":"370305002006001"}`), opt); err != nil {
		t.Fatal(err)
	}
}

func refusedBy(t *testing.T, cov *coverage.Coverage, opt coverage.Options, text, rule string) {
	t.Helper()
	before := cov.Grids()
	_, err := cov.Apply(command(t, text), opt)
	var refusal *coverage.Refusal
	if !errors.As(err, &refusal) || refusal.Rule != rule {
		t.Fatalf("%s: %v, want a refusal by %s", text, err, rule)
	}
	same(t, before, cov.Grids())
}

// Overlapping grids come in with an import. They may be made to overlap less, and then are held to the rules again.
func TestOverlaps_AreMendedStepByStep(t *testing.T) {
	cov := hold(t, doubled)
	opt := coverage.Options{Outline: true}
	for _, text := range []string{
		`{"op":"move_vertex","from":(5,0),"to":(4.5,0)}`,
		`{"op":"replace","code":"370305008001001","geometry":{"type":"Polygon","coordinates":[[(0,0),(4,0),(4,4),(0,4),(0,0)]]}}`,
	} {
		if _, err := cov.Apply(command(t, text), opt); err != nil {
			t.Fatal(err)
		}
	}
	if problems := cov.Problems(opt); len(problems) != 0 {
		t.Fatalf("still %v", problems)
	}
	refusedBy(t, cov, opt, `{"op":"move_vertex","from":(0,0),"to":(6,1)}`, coverage.NotSimple)
	refusedBy(t, cov, opt, `{"op":"create","grid":{"code":"370305008004001","geometry":{"type":"Polygon","coordinates":[[(3,1),(5,1),(5,2),(3,2),(3,1)]]}}}`, coverage.Crosses)
}

func TestRevert_RefusesWhatIsNotThere(t *testing.T) {
	cov := hold(t, four)
	first, err := cov.Apply(command(t, `{"op":"move_vertex","from":(4,4),"to":(4.5,4.25)}`), none)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cov.Apply(command(t, `{"op":"move_vertex","from":(4.5,4.25),"to":(4,4.5)}`), none); err != nil {
		t.Fatal(err)
	}
	before := cov.Grids()
	var refusal *coverage.Refusal
	if err := cov.Revert(first); !errors.As(err, &refusal) || refusal.Rule != coverage.Stale {
		t.Errorf("undo of a change that others built on: %v", err)
	}
	if err := cov.Replay(first); !errors.As(err, &refusal) || refusal.Rule != coverage.Stale {
		t.Errorf("redo of a change that was not undone: %v", err)
	}
	same(t, before, cov.Grids())
}

func TestNew_RefusesWhatCannotBeHeld(t *testing.T) {
	for _, c := range []struct {
		name  string
		grids []coverage.Grid
		rule  string
	}{
		{"a code twice", []coverage.Grid{a4, recoded(b4, a4.Code)}, coverage.CodeTaken},
		{"no code", []coverage.Grid{recoded(a4, "")}, coverage.BadCode},
		{"no boundary", []coverage.Grid{{Code: a4.Code}}, coverage.NotSimple},
		{"an empty polygon", []coverage.Grid{{Code: a4.Code, Boundary: []coverage.Polygon{{}}}}, coverage.NotSimple},
		{"a bow-tie", []coverage.Grid{grid(a4.Code, "0,0 4,4 4,0 0,3")}, coverage.NotSimple},
		{"a line", []coverage.Grid{grid(a4.Code, "0,0 4,4")}, coverage.NotSimple},
		{"a spike", []coverage.Grid{grid(a4.Code, "0,0 4,0 4,4 4,8 4,4 0,4")}, coverage.NotSimple},
		{"a hole outside", []coverage.Grid{grid(a4.Code, "0,0 4,0 4,4 0,4", "5,1 5,2 6,2 6,1")}, coverage.Flips},
		{"a hole in a hole", []coverage.Grid{grid(a4.Code, "0,0 8,0 8,8 0,8", "1,1 1,7 7,7 7,1", "2,2 2,3 3,3 3,2")}, coverage.NotSimple},
		{"a part in a part", []coverage.Grid{with(grid(a4.Code, "0,0 8,0 8,8 0,8"), grid(a4.Code, "2,2 3,2 3,3 2,3"))}, coverage.NotSimple},
		{"a hole over the border", []coverage.Grid{grid(a4.Code, "0,0 4,0 4,4 0,4", "2,2 2,3 6,3 6,2")}, coverage.NotSimple},
		{"an open ring", []coverage.Grid{{Code: a4.Code, Boundary: []coverage.Polygon{{{at(0, 0), at(4, 0), at(4, 4), at(0, 4)}}}}}, coverage.NotSimple},
		{"off the map", []coverage.Grid{{Code: a4.Code, Boundary: []coverage.Polygon{{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 0, Y: 1_000_000_000}, {X: 0, Y: 0}}}}}}, coverage.OffTheMap},
		{"half the world", []coverage.Grid{{Code: a4.Code, Boundary: []coverage.Polygon{{{{X: -1e9, Y: 0}, {X: 1e9, Y: 0}, {X: 0, Y: 5e8}, {X: -1e9, Y: 0}}}}}}, coverage.OffTheMap},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := coverage.New(c.grids)
			var refusal *coverage.Refusal
			if !errors.As(err, &refusal) || refusal.Rule != c.rule {
				t.Errorf("%v, want a refusal by %s", err, c.rule)
			}
		})
	}
}

func TestNew_TurnsRingsTheRightWayAndDropsRepeatedPoints(t *testing.T) {
	cov := hold(t, []coverage.Grid{grid(a4.Code, "4,4 4,4 4,0 0,0 0,0 0,4", "1,1 2,1 2,2 1,2")})
	if have, want := drawing(cov.Grids()), "1.1/1: 0,0 4,0 4,4 0,4 | 1,1 1,2 2,2 2,1\n"; have != want {
		t.Errorf("%s, want %s", have, want)
	}
}

func TestNextCode_FollowsTheLastOfTheCommunity(t *testing.T) {
	cov := hold(t, append([]coverage.Grid{recoded(nine[0], code("1.1", 998))}, four[1:]...))
	if have := cov.NextCode(code("1.1", 2)); have != code("1.1", 999) {
		t.Errorf("after 998 comes %q", have)
	}
	cov = hold(t, append([]coverage.Grid{recoded(nine[0], code("1.1", 999))}, four[1:]...))
	if have := cov.NextCode(code("1.1", 2)); have != "" {
		t.Errorf("after 999 comes %q", have)
	}
}
