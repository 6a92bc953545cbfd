package web

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
)

type laidView struct {
	Version int64
	Changed []laidGrid
}

type laidGrid struct {
	Geometry   struct{ Coordinates [][][][2]float64 }
	Properties gridProperties
}

func TestRoadsAreLaidInADraft(t *testing.T) {
	w := newWorld(t)
	c := w.as("planner")
	begun := c.send("POST", "/api/editions", map[string]any{"net": "road"})
	if begun.status != http.StatusCreated {
		t.Fatalf("%d %s", begun.status, begun.body)
	}
	draft := read[struct{ ID, Version int64 }](t, begun)
	door := fmt.Sprintf("/api/editions/%d/roads", draft.ID)
	section := func(version int64, more map[string]any) map[string]any {
		body := map[string]any{"base_version": version, "code": roadCode[:12], "name": "新路", "street": "闻韶街道", "section": map[string]any{
			"section_code": "XL-1", "class": 2, "line": [][]float64{{118.306, 36.820}, {118.306, 36.830}}, "left_m": 10, "right_m": 10,
		}}
		for key, value := range more {
			body[key] = value
		}
		return body
	}
	laid := c.send("POST", door, section(draft.Version, nil))
	if laid.status != http.StatusOK {
		t.Fatalf("%d %s", laid.status, laid.body)
	}
	edited := read[laidView](t, laid)
	i := slices.IndexFunc(edited.Changed, func(g laidGrid) bool { return g.Properties.Name == "新路" })
	if i < 0 || edited.Version != draft.Version+1 {
		t.Fatalf("laid %+v", edited)
	}
	made := edited.Changed[i]
	if made.Properties.Code != roadCode[:12]+"002" || made.Properties.Section == nil || made.Properties.Section.LeftM != 10 {
		t.Errorf("the new section is %+v", made.Properties)
	}
	if pieces := len(made.Geometry.Coordinates); pieces != 2 {
		t.Errorf("it has %d pieces, want one on each side of the drawn road", pieces)
	}
	kept := read[struct{ Features []laidGrid }](t, c.get(fmt.Sprintf("/api/grids?net=road&edition=%d", draft.ID)))
	if len(kept.Features) != 2 {
		t.Errorf("the draft has %d grids, want 2", len(kept.Features))
	}

	wantProblem(t, c.send("POST", door, section(draft.Version, nil)), http.StatusConflict)
	wantProblem(t, c.send("POST", door, section(edited.Version, map[string]any{"code": "37"})), http.StatusUnprocessableEntity)
	wantProblem(t, c.send("POST", door, section(edited.Version, map[string]any{"colour": "red"})), http.StatusUnprocessableEntity)
	wantProblem(t, w.as("west").send("POST", door, section(edited.Version, nil)), http.StatusForbidden)
}
