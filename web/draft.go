package web

import (
	"context"
	"maps"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

// actorOf is the visitor as somebody who does something to an edition. Only administrators may move outer borders.
func actorOf(ctx context.Context) geo.Actor {
	who := visitorOf(ctx)
	return geo.Actor{ID: who.ID, Outline: who.Role == alerts.Administrator}
}

// maxCommandBytes is the largest command: a boundary of a hundred thousand points.
const maxCommandBytes = 4 << 20

type askedCommand struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body commandBody
}

// commandBody is a command as geo reads it, strictly.
type commandBody struct{ geo.Asked }

// UnmarshalJSON leaves the reading to geo.
func (b *commandBody) UnmarshalJSON(data []byte) (err error) {
	b.Asked, err = geo.ReadAsked(data)
	return err
}

type editedAnswer struct{ Body editedView }

// commandEdition applies one command to a draft.
func (s *Server) commandEdition(ctx context.Context, in *askedCommand) (*editedAnswer, error) {
	edited, err := s.editions.Command(ctx, in.ID, in.Body.Asked, actorOf(ctx))
	return s.showEdited(ctx, edited, err)
}

type steppedEdition struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body *struct {
		BaseVersion int64 `json:"base_version" required:"false" minimum:"1" example:"7" doc:"The version that the caller sees; whichever it is where it is left out."`
	}
}

func (in *steppedEdition) base() int64 {
	if in.Body == nil {
		return 0
	}
	return in.Body.BaseVersion
}

func (s *Server) undoEdition(ctx context.Context, in *steppedEdition) (*editedAnswer, error) {
	edited, err := s.editions.Undo(ctx, in.ID, in.base(), actorOf(ctx))
	return s.showEdited(ctx, edited, err)
}

func (s *Server) redoEdition(ctx context.Context, in *steppedEdition) (*editedAnswer, error) {
	edited, err := s.editions.Redo(ctx, in.ID, in.base(), actorOf(ctx))
	return s.showEdited(ctx, edited, err)
}

func (s *Server) showEdited(ctx context.Context, edited geo.Edited, err error) (*editedAnswer, error) {
	if err != nil {
		return nil, err
	}
	teams, err := s.roster.Teams(ctx)
	if err != nil {
		return nil, err
	}
	return &editedAnswer{editedOf(edited, teams)}, nil
}

type checkAnswer struct{ Body checkView }

// checkEdition looks for what is wrong with a draft; one without errors is checked.
func (s *Server) checkEdition(ctx context.Context, in *editionPath) (*checkAnswer, error) {
	e, problems, err := s.editions.Check(ctx, in.ID, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	return &checkAnswer{checkOf(e, problems)}, nil
}

// Schema describes a command by its operations, with an example of each.
func (commandBody) Schema(huma.Registry) *huma.Schema {
	position := positionSchema()
	line := &huma.Schema{Type: huma.TypeArray, Items: position}
	text := &huma.Schema{Type: huma.TypeString}
	shape := geometry{}.Schema(nil)
	grid := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{
		"code": text, "name": text, "kind": text, "street": text, "geometry": shape,
	}, Description: "Of the new grid. A split takes the community's next free code where there is none, and needs no geometry."}
	ops := []any{}
	for _, example := range commandExamples {
		ops = append(ops, example["op"])
	}
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"base_version", "op"}, AdditionalProperties: false,
		Description: "One command, made on a version of the draft. It is applied whole or not at all.",
		Properties: map[string]*huma.Schema{
			"base_version": {Type: huma.TypeInteger, Description: "The draft's version that the command was made on."},
			"op":           {Type: huma.TypeString, Enum: ops},
			"code":         text, "codes": {Type: huma.TypeArray, Items: text}, "into": text, "new_code": text,
			"name": text, "kind": text, "street": text,
			"from": position, "to": position, "at": position, "by": position, "keep": position,
			"edge": line, "line": line, "lines": {Type: huma.TypeArray, Items: line},
			"layer":       {Type: huma.TypeString, Enum: []any{"community", "road"}, Description: "In place of lines: the borders in force of this net."},
			"tolerance_m": {Type: huma.TypeNumber}, "new": grid, "grid": grid, "geometry": shape,
		},
		Examples: commandSamples(),
	}
}

func positionSchema() *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeNumber}, Description: "Longitude and latitude, WGS-84."}
}

// commandExamples are one command of each kind.
var commandExamples = []map[string]any{
	{"op": "move_vertex", "from": []float64{118.31, 36.82}, "to": []float64{118.3102, 36.8201}},
	{"op": "insert_vertex", "edge": [][]float64{{118.31, 36.82}, {118.31, 36.83}}, "at": []float64{118.31, 36.825}},
	{"op": "delete_vertex", "at": []float64{118.31, 36.825}},
	{"op": "move_edge", "edge": [][]float64{{118.31, 36.82}, {118.31, 36.83}}, "by": []float64{0.0001, 0}},
	{"op": "split", "code": "370305001007001", "line": [][]float64{{118.305, 36.82}, {118.305, 36.83}}, "new": map[string]any{"name": "辛东社区二网格"}},
	{"op": "merge", "codes": []string{"370305001007001", "370305001007002"}, "into": "370305001007001"},
	{"op": "reshape", "code": "370305001007001", "line": [][]float64{{118.31, 36.822}, {118.3095, 36.825}, {118.31, 36.828}}},
	{"op": "assign_hole", "at": []float64{118.315, 36.825}, "code": "370305001007001"},
	{"op": "snap", "codes": []string{"370305001007001"}, "layer": "road", "tolerance_m": 5},
	{"op": "create", "grid": map[string]any{"code": "370305001009001", "name": "新社区", "kind": "community", "street": "闻韶街道",
		"geometry": map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{118.32, 36.82}, {118.33, 36.82}, {118.33, 36.83}, {118.32, 36.82}}}}}},
	{"op": "replace", "code": "370305001007001",
		"geometry": map[string]any{"type": "Polygon", "coordinates": [][][]float64{{{118.3, 36.82}, {118.31, 36.82}, {118.31, 36.83}, {118.3, 36.82}}}}},
	{"op": "delete", "code": "370305001007002"},
	{"op": "describe", "code": "370305001007001", "name": "辛东社区", "new_code": "370305001007003"},
}

// commandSamples are the examples as bodies.
func commandSamples() []any {
	samples := make([]any, 0, len(commandExamples))
	for _, example := range commandExamples {
		body := map[string]any{"base_version": 7}
		maps.Copy(body, example)
		samples = append(samples, body)
	}
	return samples
}
