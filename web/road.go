package web

import (
	"context"

	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

type askedRoad struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body roadBody
}

// roadBody is a section of the road net as geo reads it, strictly.
type roadBody struct{ geo.RoadAsked }

// UnmarshalJSON leaves the reading to geo.
func (b *roadBody) UnmarshalJSON(data []byte) (err error) {
	b.RoadAsked, err = geo.ReadRoadAsked(data)
	return err
}

// putRoad lays a section of a road net's draft by its centre line and widths.
func (s *Server) putRoad(ctx context.Context, in *askedRoad) (*editedAnswer, error) {
	edited, err := s.editions.PutRoad(ctx, in.ID, in.Body.RoadAsked, actorOf(ctx))
	return s.showEdited(ctx, edited, err)
}

// Schema describes a section, with an example.
func (roadBody) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"base_version", "name"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"base_version": {Type: huma.TypeInteger, Description: "The draft's version that the section was drawn on."},
			"code":         {Type: huma.TypeString, Description: "15 digits; the first 12, for the next free code after them; or nothing, for the next road of the street that it lies in."},
			"name":         {Type: huma.TypeString},
			"street":       {Type: huma.TypeString, Description: "That in which its middle lies, where it is left out."},
			"section":      sectionSchema(),
			"ground": {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeArray, Items: positionSchema()},
				Description: "In place of a section: its own polygon, as rings. It goes through at every junction."},
		},
		Examples: []any{map[string]any{
			"base_version": 7, "code": "370305001900", "name": "桓公路南段", "street": "闻韶街道", "section": sectionExample,
		}},
	}
}

// sectionView is what a corridor is made from.
type sectionView struct{ geo.Section }

// Schema describes a section.
func (sectionView) Schema(huma.Registry) *huma.Schema { return sectionSchema() }

func sectionSchema() *huma.Schema {
	reach := func(side string) *huma.Schema {
		return &huma.Schema{Type: huma.TypeNumber, Description: "How far its ground reaches to the " + side + " of the line, in metres."}
	}
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"class", "line", "left_m", "right_m"}, AdditionalProperties: false,
		Description: "At a junction the higher class goes through; of one class the wider road; of one width the smaller code.",
		Properties: map[string]*huma.Schema{
			"section_code": {Type: huma.TypeString, Description: "As the roads' own register has it."},
			"class":        {Type: huma.TypeInteger, Minimum: limit(geo.Expressway), Maximum: limit(geo.Branch), Description: "1 expressway, 2 arterial, 3 secondary, 4 branch."},
			"line":         {Type: huma.TypeArray, Items: positionSchema(), Description: "The centre line."},
			"left_m":       reach("left"),
			"right_m":      reach("right"),
		},
	}
}

func limit(n int) *float64 {
	v := float64(n)
	return &v
}

var sectionExample = map[string]any{
	"section_code": "HG-01", "class": geo.Secondary, "line": [][]float64{{118.3, 36.82}, {118.31, 36.821}}, "left_m": 12.5, "right_m": 12.5,
}
