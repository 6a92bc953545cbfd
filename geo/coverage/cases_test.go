package coverage_test

import (
	"gridwatch/geo/coverage"

	"github.com/paulmach/orb"
)

type testCase struct {
	name    string
	grids   []coverage.Grid
	options vectorOptions
	command string
	rule    string // Empty where the command is applied.
}

var (
	free    = vectorOptions{Outline: true}
	divided = vectorOptions{Divided: true}
	roomy   = vectorOptions{MinAreaM2: 500}
)

// cases are one command on one drawing each: every operation and every refusal.
var cases = []testCase{
	{"move: four grids follow their common corner", four, vectorOptions{}, `{"op":"move_vertex","from":(4,4),"to":(4.5,4.25)}`, ""},
	{"move: a vertex of two grids", slanted, vectorOptions{}, `{"op":"move_vertex","from":(4.719,2.313),"to":(5.5,2)}`, ""},
	{"move: the corner of an island and the hole around it", island, vectorOptions{}, `{"op":"move_vertex","from":(4,4),"to":(3,3.5)}`, ""},
	{"move: a corner of one part of a multipolygon", parted, vectorOptions{}, `{"op":"move_vertex","from":(8,4),"to":(8.5,3)}`, ""},
	{"move: nothing there", four, vectorOptions{}, `{"op":"move_vertex","from":(4,4.001),"to":(5,5)}`, coverage.NoSuchVertex},
	{"move: to where it is", four, vectorOptions{}, `{"op":"move_vertex","from":(4,4),"to":(4,4)}`, coverage.NothingChanges},
	{"move: over the grid's own far border", nine, vectorOptions{}, `{"op":"move_vertex","from":(8,8),"to":(3,6)}`, coverage.NotSimple},
	{"move: a triangle turns inside out", slivered, free, `{"op":"move_vertex","from":(4,2),"to":(6,2.5)}`, coverage.Flips},
	{"move: across a gap into a neighbour", hollow, vectorOptions{}, `{"op":"move_vertex","from":(4,8),"to":(8.5,6)}`, coverage.Crosses},
	{"move: the outline without the right", four, vectorOptions{}, `{"op":"move_vertex","from":(4,0),"to":(4,1)}`, coverage.Outline},
	{"move: the outline with the right", four, free, `{"op":"move_vertex","from":(4,0),"to":(4,-1)}`, ""},
	{"move: along the straight outline", four, vectorOptions{}, `{"op":"move_vertex","from":(4,0),"to":(3,0)}`, ""},
	{"move: out of a divided community", four, divided, `{"op":"move_vertex","from":(4,4),"to":(4,5)}`, coverage.LeavesCommunity},
	{"move: along the outline of a divided community", four, divided, `{"op":"move_vertex","from":(4,4),"to":(5,4)}`, ""},
	{"move: out of a divided community with the right", four, vectorOptions{Divided: true, Outline: true}, `{"op":"move_vertex","from":(4,4),"to":(4,5)}`, ""},
	{"move: a grid becomes too small", four, vectorOptions{MinAreaM2: 1500}, `{"op":"move_vertex","from":(4,4),"to":(3,3)}`, coverage.TooSmall},
	{"move: onto the neighbour's corner, across a gap", twoApart, free, `{"op":"move_vertex","from":(4,4),"to":(5,4)}`, ""},
	{"move: onto the border of another, exactly", twoApart, free, `{"op":"move_vertex","from":(4,4),"to":(5,2)}`, ""},
	{"move: next to a crooked border, as near as rounding leaves it", crookedApart, free, `{"op":"move_vertex","from":(4,4),"to":(5.149,2.214)}`, ""},
	{"move: the end of a border with a T-junction", junction, free, `{"op":"move_vertex","from":(4,0),"to":(5,0)}`, ""},
	{"move: a T-junction's corner", junction, vectorOptions{}, `{"op":"move_vertex","from":(4,4),"to":(5,4.5)}`, ""},
	{"move: off the map", []coverage.Grid{edgeOfTheWorld}, free, `{"op":"move_edge","edge":[[179.9999,10],[180,10]],"by":[1,0]}`, coverage.OffTheMap},

	{"insert: in the border of two", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,0),(4,4)],"at":(4.3,2)}`, ""},
	{"insert: the edge named from its other end", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,4),(4,0)],"at":(4,2)}`, ""},
	{"insert: exactly on the outline", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(0,0),(4,0)],"at":(2,0)}`, ""},
	{"insert: beside the outline", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(0,0),(4,0)],"at":(2,0.1)}`, coverage.Outline},
	{"insert: in the rim of a hole", island, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,4),(8,4)],"at":(6,3)}`, ""},
	{"insert: no such edge", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(0,0),(4,4)],"at":(2,2)}`, coverage.NoSuchEdge},
	{"insert: at an end", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,0),(4,4)],"at":(4,4)}`, coverage.NothingChanges},
	{"insert: on the grid's other corner", four, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,0),(4,4)],"at":(0,0)}`, coverage.NotSimple},
	{"insert: beyond the far border", nine, vectorOptions{}, `{"op":"insert_vertex","edge":[(4,4),(4,8)],"at":(9,6)}`, coverage.NotSimple},

	{"delete: a vertex between two grids", slanted, vectorOptions{}, `{"op":"delete_vertex","at":(4.719,2.313)}`, ""},
	{"delete: where three borders meet", slanted, vectorOptions{}, `{"op":"delete_vertex","at":(5.501,4.127)}`, coverage.Junction},
	{"delete: nothing there", four, vectorOptions{}, `{"op":"delete_vertex","at":(1,1)}`, coverage.NoSuchVertex},
	{"delete: a corner of the outline", four, vectorOptions{}, `{"op":"delete_vertex","at":(0,0)}`, coverage.Outline},
	{"delete: a corner of the outline with the right", four, free, `{"op":"delete_vertex","at":(0,0)}`, ""},
	{"delete: of a triangle", slivered, free, `{"op":"delete_vertex","at":(4,2)}`, coverage.NotSimple},

	{"move edge: between two grids", slanted, vectorOptions{}, `{"op":"move_edge","edge":[(5.003,0.171),(4.719,2.313)],"by":[0,0]}`, coverage.NothingChanges},
	{"move edge: between two corners of nine", nine, vectorOptions{}, `{"op":"move_edge","edge":[(4,4),(4,8)],"by":[0.0001,0.00005]}`, ""},
	{"move edge: of an island", island, vectorOptions{}, `{"op":"move_edge","edge":[(8,4),(8,8)],"by":[0.0002,0]}`, ""},
	{"move edge: that ends on the outline", four, vectorOptions{}, `{"op":"move_edge","edge":[(4,0),(4,4)],"by":[0.0001,0.0001]}`, coverage.Outline},
	{"move edge: along the outline", four, vectorOptions{}, `{"op":"move_edge","edge":[(4,0),(4,4)],"by":[0.0001,0]}`, ""},
	{"move edge: none there", four, vectorOptions{}, `{"op":"move_edge","edge":[(0,0),(4,4)],"by":[0.0001,0]}`, coverage.NoSuchEdge},

	{"split: in two equal halves, the western stays", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(2,-1),(2,5)],"new":{"code":"370305001001003","name":"新","kind":"community","street":"闻韶街道"}}`, ""},
	{"split: the larger part keeps the code, the next code is given", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(3,-1),(3,5)],"new":{"name":"新"}}`, ""},
	{"split: the part with the point keeps the code", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(3,-1),(3,5)],"new":{"code":"370305001001009"},"keep":(3.5,1)}`, ""},
	{"split: a slanted line through crooked borders", slanted, vectorOptions{}, `{"op":"split","code":"370305006001001","line":[(-1,1.3),(2.2,2.7),(6,3.1)],"new":{}}`, ""},
	{"split: with the right the outline bends to the crossing", slanted, free, `{"op":"split","code":"370305006001001","line":[(-1,1.3),(2.2,2.7),(6,3.1)],"new":{}}`, ""},
	{"split: from corner to corner", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(0,0),(4,4)],"new":{}}`, ""},
	{"split: from one vertex, through another on the way", comb, vectorOptions{}, `{"op":"split","code":"370305007001001","line":[(0,3),(4,3)],"new":{}}`, ""},
	{"split: through a hole", island, vectorOptions{}, `{"op":"split","code":"370305003001001","line":[(6,-1),(6,13)],"new":{}}`, ""},
	{"split: the hole stays on its side", island, vectorOptions{}, `{"op":"split","code":"370305003001001","line":[(2,-1),(2,13)],"new":{}}`, ""},
	{"split: one part of a multipolygon", parted, vectorOptions{}, `{"op":"split","code":"370305004001001","line":[(10,3),(10,9)],"new":{}}`, ""},
	{"split: through both parts of a multipolygon, the larger is cut", parted, vectorOptions{}, `{"op":"split","code":"370305004001001","line":[(-1,5.5),(13,5)],"new":{}}`, ""},
	{"split: across three teeth, one is cut off", comb, vectorOptions{}, `{"op":"split","code":"370305007001001","line":[(-1,5),(13,5)],"new":{}}`, ""},
	{"split: a piece cut out of one side", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(1,-1),(1,2),(3,2),(3,-1)],"new":{}}`, ""},
	{"split: beside the grid", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(5,-1),(5,5)],"new":{}}`, coverage.NoCrossing},
	{"split: a line that ends inside", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(2,-1),(2,2)],"new":{}}`, coverage.NoCrossing},
	{"split: along the border", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(4,0),(4,4)],"new":{}}`, coverage.NoCrossing},
	{"split: a line that crosses itself", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(2,-1),(2,3),(1,1),(3,1.5),(3,5)],"new":{}}`, coverage.NotSimple},
	{"split: no such grid", four, vectorOptions{}, `{"op":"split","code":"370305001001007","line":[(2,-1),(2,5)],"new":{}}`, coverage.NotFound},
	{"split: a code that is taken", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(2,-1),(2,5)],"new":{"code":"370305001001002"}}`, coverage.CodeTaken},
	{"split: a code of 14 digits", four, vectorOptions{}, `{"op":"split","code":"370305001001001","line":[(2,-1),(2,5)],"new":{"code":"37030500100100"}}`, coverage.BadCode},
	{"split: too small", four, roomy, `{"op":"split","code":"370305001001001","line":[(3.5,-1),(3.5,5)],"new":{}}`, coverage.TooSmall},

	{"split: ends on the crooked outline of a divided community, which bends by rounding", dividedSlanted, divided, `{"op":"split","code":"370305006001001","line":[(0.1,2.5),(2.2,2.7),(6,3.1)],"new":{}}`, ""},
	{"move: a vertex on the crooked outline of a divided community", dividedSlanted, divided, `{"op":"move_vertex","from":(4.719,2.313),"to":(5,2.5)}`, coverage.LeavesCommunity},

	{"merge: two neighbours", four, vectorOptions{}, `{"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001001002"}`, ""},
	{"merge: all four", four, vectorOptions{}, `{"op":"merge","codes":["370305001001001","370305001003001","370305001002001","370305001001002"],"into":"370305001001001"}`, ""},
	{"merge: an island fills its hole", island, vectorOptions{}, `{"op":"merge","codes":["370305003001001","370305003002001"],"into":"370305003001001"}`, ""},
	{"merge: around a gap makes a hole", hollow, vectorOptions{}, `{"op":"merge","codes":["370305002001001","370305002002001","370305002003001","370305002006001","370305002009001","370305002008001","370305002007001","370305002004001"],"into":"370305002001001"}`, ""},
	{"merge: the parts of a multipolygon meet", parted, vectorOptions{}, `{"op":"merge","codes":["370305004001001","370305004002001"],"into":"370305004001001"}`, ""},
	{"merge: only a corner in common", four, vectorOptions{}, `{"op":"merge","codes":["370305001001001","370305001003001"],"into":"370305001001001"}`, coverage.NotNeighbours},
	{"merge: no such grid", four, vectorOptions{}, `{"op":"merge","codes":["370305001001001","370305001001009"],"into":"370305001001001"}`, coverage.NotFound},
	{"merge: into none of them", four, vectorOptions{}, `{"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001003001"}`, coverage.NotFound},
	{"merge: a divided community with another", four, divided, `{"op":"merge","codes":["370305001001001","370305001002001"],"into":"370305001002001"}`, coverage.LeavesCommunity},
	{"merge: within a divided community", four, divided, `{"op":"merge","codes":["370305001001001","370305001001002"],"into":"370305001001001"}`, ""},

	{"reshape: a bulge into the neighbour", four, vectorOptions{}, `{"op":"reshape","code":"370305001001001","line":[(4,1),(5,1.5),(5,2.5),(4,3)]}`, ""},
	{"reshape: a dent goes to the neighbour", four, vectorOptions{}, `{"op":"reshape","code":"370305001001001","line":[(4,1),(3,1.5),(3,2.5),(4,3)]}`, ""},
	{"reshape: in and out, drawn past its ends", slanted, vectorOptions{}, `{"op":"reshape","code":"370305006001001","line":[(5.6,0.7),(4.2,1.2),(4.4,1.9),(5.8,2.9),(3.9,3.4)]}`, ""},
	{"reshape: takes from two neighbours", nine, vectorOptions{}, `{"op":"reshape","code":"370305002005001","line":[(7,7),(7,9),(9,9),(9,7),(7.5,6.5)]}`, ""},
	{"reshape: a dent at a corner goes to the longest neighbour", nine, vectorOptions{}, `{"op":"reshape","code":"370305002005001","line":[(6,8.5),(6,6),(9,7)]}`, ""},
	{"reshape: beyond the outline without the right", four, vectorOptions{}, `{"op":"reshape","code":"370305001001001","line":[(1,0),(1,-1),(3,-1),(3,0)]}`, coverage.Outline},
	{"reshape: beyond the outline with the right", four, free, `{"op":"reshape","code":"370305001001001","line":[(1,0),(1,-1),(3,-1),(3,0)]}`, ""},
	{"reshape: into a gap", hollow, vectorOptions{}, `{"op":"reshape","code":"370305002004001","line":[(4,5),(6,5),(6,7),(4,7)]}`, ""},
	{"reshape: of a hole's rim", island, vectorOptions{}, `{"op":"reshape","code":"370305003001001","line":[(4,5),(5,5.5),(5,6.5),(4,7)]}`, ""},
	{"reshape: around an island", around, vectorOptions{}, `{"op":"reshape","code":"370305009001001","line":[(4,1),(10,1),(10,7),(4,7)]}`, coverage.Overlaps},
	{"reshape: over the whole of a neighbour", nine, vectorOptions{}, `{"op":"reshape","code":"370305002005001","line":[(4.5,8),(2,14),(10,14),(7.5,8)]}`, coverage.Outline},
	{"reshape: takes the last of a neighbour", island, vectorOptions{}, `{"op":"reshape","code":"370305003002001","line":[(5,4),(5,3),(7,3),(7,4)]}`, ""},
	{"reshape: the line meets the border once", four, vectorOptions{}, `{"op":"reshape","code":"370305001001001","line":[(3,2),(5,2)]}`, coverage.NoCrossing},
	{"reshape: no such grid", four, vectorOptions{}, `{"op":"reshape","code":"370305001001007","line":[(3,2),(5,2)]}`, coverage.NotFound},
	{"reshape: out of a divided community", four, divided, `{"op":"reshape","code":"370305001001001","line":[(1,4),(1,5),(3,5),(3,4)]}`, coverage.LeavesCommunity},

	{"assign hole: to a neighbour", hollow, vectorOptions{}, `{"op":"assign_hole","at":(6,6),"code":"370305002002001"}`, ""},
	{"assign hole: the rim has corners of others", hollow, vectorOptions{}, `{"op":"assign_hole","at":(4.5,7.5),"code":"370305002004001"}`, ""},
	{"assign hole: a point on its rim names it too", hollow, vectorOptions{}, `{"op":"assign_hole","at":(8,5),"code":"370305002002001"}`, ""},
	{"assign hole: around an island", around, vectorOptions{}, `{"op":"assign_hole","at":(5,2),"code":"370305009001001"}`, ""},
	{"assign hole: inside the island", around, vectorOptions{}, `{"op":"assign_hole","at":(7,4),"code":"370305009001001"}`, coverage.NoHole},
	{"assign hole: no gap there", four, vectorOptions{}, `{"op":"assign_hole","at":(2,2),"code":"370305001001001"}`, coverage.NoHole},
	{"assign hole: outside", four, vectorOptions{}, `{"op":"assign_hole","at":(20,2),"code":"370305001001001"}`, coverage.NoHole},
	{"assign hole: to a grid that only has a corner there", hollow, vectorOptions{}, `{"op":"assign_hole","at":(6,6),"code":"370305002001001"}`, coverage.NotNeighbours},
	{"assign hole: no such grid", hollow, vectorOptions{}, `{"op":"assign_hole","at":(6,6),"code":"370305002005001"}`, coverage.NotFound},

	{"snap: a border to a road beside it", slanted, vectorOptions{}, `{"op":"snap","codes":["370305006001001"],"lines":[[(4.9,-1),(4.9,9)]],"tolerance_m":5}`, ""},
	{"snap: vertices on the outline stay", four, vectorOptions{}, `{"op":"snap","codes":["370305001001001"],"lines":[[(4.2,-1),(4.3,9)]],"tolerance_m":10}`, ""},
	{"snap: nothing near", slanted, vectorOptions{}, `{"op":"snap","codes":["370305006001001"],"lines":[[(20,-1),(20,9)]],"tolerance_m":10}`, coverage.NothingChanges},
	{"snap: no such grid", four, vectorOptions{}, `{"op":"snap","codes":["370305001001007"],"lines":[[(4.2,-1),(4.3,9)]],"tolerance_m":10}`, coverage.NotFound},
	{"snap: onto one point, an edge vanishes", slanted, vectorOptions{}, `{"op":"snap","codes":["370305006001001"],"lines":[[(5.1,3.1),(5.1,3.2)]],"tolerance_m":15}`, ""},

	{"create: in a gap", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","name":"新","kind":"community","street":"闻韶街道","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,8),(4,8),(4,4)]]}}}`, ""},
	{"create: in a part of a gap, corners go into the neighbours", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(4,5),(4,7),(8,7),(8,5),(4,5)]]}}}`, ""},
	{"create: a multipolygon", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"MultiPolygon","coordinates":[[[(4,4),(5,4),(5,8),(4,8),(4,4)]],[[(7,4),(8,4),(8,8),(7,8),(7,4)]]]}}}`, ""},
	{"create: over a grid", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(4,5),(4,7),(9,7),(9,5),(4,5)]]}}}`, coverage.Crosses},
	{"create: inside a grid", four, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(1,1),(2,1),(2,2),(1,2),(1,1)]]}}}`, coverage.Overlaps},
	{"create: on top of a grid", four, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(0,0),(4,0),(4,4),(0,4),(0,0)]]}}}`, coverage.Overlaps},
	{"create: a bow-tie", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,8),(8,4),(4,7),(4,4)]]}}}`, coverage.NotSimple},
	{"create: outside without the right", four, vectorOptions{}, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(8,0),(12,0),(12,4),(8,4),(8,0)]]}}}`, coverage.Outline},
	{"create: outside with the right", four, free, `{"op":"create","grid":{"code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(8,0),(12,0),(12,4),(8,4),(8,0)]]}}}`, ""},
	{"create: a code that is taken", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"370305002006001","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,8),(4,8),(4,4)]]}}}`, coverage.CodeTaken},
	{"create: a code with a letter", hollow, vectorOptions{}, `{"op":"create","grid":{"code":"37030500200600A","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,8),(4,8),(4,4)]]}}}`, coverage.BadCode},

	{"replace: a smaller one leaves a gap", nine, vectorOptions{}, `{"op":"replace","code":"370305002005001","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,7),(4,7),(4,4)]]}}`, ""},
	{"replace: by the same", nine, vectorOptions{}, `{"op":"replace","code":"370305002005001","geometry":{"type":"Polygon","coordinates":[[(8,4),(4,4),(4,8),(8,8),(8,4)]]}}`, coverage.NothingChanges},
	{"replace: over a neighbour", nine, vectorOptions{}, `{"op":"replace","code":"370305002005001","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,9),(4,8),(4,4)]]}}`, coverage.Overlaps},
	{"replace: across a neighbour's border", nine, vectorOptions{}, `{"op":"replace","code":"370305002005001","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(9,9),(4,8),(4,4)]]}}`, coverage.Crosses},
	{"replace: beyond the outline of its community", fourHollow, divided, `{"op":"replace","code":"370305001001001","geometry":{"type":"Polygon","coordinates":[[(0,0),(4,0),(4,4),(0,4),(0,0)]]}}`, coverage.LeavesCommunity},
	{"replace: overlapping grids are mended", doubled, free, `{"op":"replace","code":"370305008001001","geometry":{"type":"Polygon","coordinates":[[(0,0),(4,0),(4,4),(0,4),(0,0)]]}}`, ""},
	{"replace: overlapping grids overlap less", doubled, free, `{"op":"replace","code":"370305008001001","geometry":{"type":"Polygon","coordinates":[[(0,0),(4.5,0),(4.5,4),(0,4),(0,0)]]}}`, ""},
	{"replace: overlapping grids may not overlap a third", doubled, free, `{"op":"replace","code":"370305008001001","geometry":{"type":"Polygon","coordinates":[[(0,0),(9,0),(9,4),(0,4),(0,0)]]}}`, coverage.Overlaps},
	{"replace: no such grid", nine, vectorOptions{}, `{"op":"replace","code":"370305002005009","geometry":{"type":"Polygon","coordinates":[[(4,4),(8,4),(8,9),(4,8),(4,4)]]}}`, coverage.NotFound},

	{"delete grid: a gap is left", nine, vectorOptions{}, `{"op":"delete","code":"370305002005001"}`, ""},
	{"delete grid: on the outline", nine, vectorOptions{}, `{"op":"delete","code":"370305002002001"}`, coverage.Outline},
	{"delete grid: on the outline with the right", nine, free, `{"op":"delete","code":"370305002002001"}`, ""},
	{"delete grid: no such grid", nine, vectorOptions{}, `{"op":"delete","code":"370305002005009"}`, coverage.NotFound},

	{"describe: a new name", four, vectorOptions{}, `{"op":"describe","code":"370305001001001","name":"辛东一","street":""}`, ""},
	{"describe: a new code", four, vectorOptions{}, `{"op":"describe","code":"370305001001001","new_code":"370305001001005"}`, ""},
	{"describe: a code that is taken", four, vectorOptions{}, `{"op":"describe","code":"370305001001001","new_code":"370305001001002"}`, coverage.CodeTaken},
	{"describe: a code of another community", four, divided, `{"op":"describe","code":"370305001001001","new_code":"370305001002002"}`, coverage.LeavesCommunity},
	{"describe: nothing", four, vectorOptions{}, `{"op":"describe","code":"370305001001001"}`, coverage.NothingChanges},
	{"describe: no such grid", four, vectorOptions{}, `{"op":"describe","code":"370305001001009"}`, coverage.NotFound},
}

// More drawings, for single cases.
var (
	// A triangle at the western rim of b4.
	slivered = []coverage.Grid{
		grid(code("1.4", 1), "5,0 4,2 5,4"),
		grid(code("1.4", 2), "5,0 12,0 12,4 5,4"),
	}
	// Two squares with a strip between them that nobody owns.
	twoApart = []coverage.Grid{
		grid(code("1.5", 1), "0,0 4,0 4,4 0,4"),
		grid(code("1.5", 2), "5,0 9,0 9,4 5,4"),
	}
	crookedApart = []coverage.Grid{
		grid(code("1.6", 1), "0,0 4,0 4,4 0,4"),
		grid(code("1.6", 2), "5.003,0.001 9,0 9,4 5.267,3.999"),
	}
	edgeOfTheWorld = coverage.GridOf("370305001007001", "", "", "", orb.MultiPolygon{{{{179.9999, 10}, {180, 10}, {180, 10.0001}, {179.9999, 10.0001}, {179.9999, 10}}}})
	// A ring of ground around a gap in which an island lies.
	around = []coverage.Grid{
		grid(code("9.1", 1), "0,0 4,0 4,1 4,7 4,8 0,8"),
		grid(code("9.2", 1), "4,0 12,0 12,8 4,8 4,7 11,7 11,1 4,1"),
		grid(code("9.3", 1), "6,3 8,3 8,5 6,5"),
	}
	// slanted, where the grids in the south-west and the north are of one community.
	dividedSlanted = []coverage.Grid{slanted[0], slanted[1], recoded(slanted[2], code("6.1", 2))}
	// four, where the north of a4 belongs to nobody.
	fourHollow = []coverage.Grid{grid(code("1.1", 1), "0,0 4,0 4,3 0,3"), b4, c4, d4}
)
