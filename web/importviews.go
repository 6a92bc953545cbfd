package web

import (
	"fmt"
	"time"

	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

type importListView struct {
	Items []importView `json:"items" nullable:"false" doc:"The newest fifty, the newest first."`
}

type importView struct {
	ID      int64      `json:"id" example:"3"`
	Net     string     `json:"net" enum:"community,road"`
	Title   string     `json:"title" example:"2027 年普查"`
	Format  string     `json:"format" example:"shp" doc:"As stated, then as found; empty while nobody knows."`
	CRS     string     `json:"crs" example:"EPSG:4527" doc:"As stated, then as found."`
	State   string     `json:"state" enum:"reading,drafted,refused" doc:"Drafted: its edition is there. Refused: nothing was made of it."`
	Step    string     `json:"step" enum:"queued,reading,joining,storing,done" doc:"What is being done with it."`
	Grids   int        `json:"grids" doc:"How many it has; 0 until it is read."`
	Refusal *Fault     `json:"refusal" doc:"Of a refused one: the feature and the rule."`
	Edition *int64     `json:"edition" example:"12" doc:"The draft that it became. Its mends are listed there."`
	At      time.Time  `json:"at"`
	Ended   *time.Time `json:"ended_at"`
}

// TransformSchema says which objects may be null.
func (importView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "refusal")
}

func importOf(m geo.Import) importView {
	view := importView{
		ID: m.ID, Net: string(m.Net), Title: m.Title, Format: m.Format, CRS: m.CRS, State: string(m.State), Step: m.Step,
		Grids: m.Grids, Edition: numberOrNull(m.Edition), At: m.At.UTC(), Ended: orNull(m.Ended),
	}
	if m.Refusal != nil {
		view.Refusal = &Fault{m.Refusal.Field, m.Refusal.Rule}
	}
	return view
}

type mendListView struct {
	Version    int64      `json:"version" example:"1" doc:"Of the draft that these mends are of."`
	ToleranceM float64    `json:"tolerance_m" example:"2"`
	Total      int        `json:"total" doc:"How many there are; the first thousand are listed."`
	Mends      []mendView `json:"mends" nullable:"false"`
}

type mendView struct {
	ID       string     `json:"id" example:"2x3k9q" doc:"The same as long as the ground there is the same."`
	Kind     string     `json:"kind" enum:"gap,sliver,overlap,near_miss"`
	AreaM2   float64    `json:"area_m2" example:"12.4"`
	WidthM   float64    `json:"width_m" example:"0.31" doc:"On average; of a near miss how far the corner moves."`
	At       [2]float64 `json:"at" doc:"Longitude and latitude where to look."`
	Codes    []string   `json:"codes" nullable:"false" doc:"Of the grids concerned; the one that gets the ground comes first."`
	Offer    string     `json:"offer" example:"give the gap to 370305001007001"`
	Geometry *geometry  `json:"geometry" doc:"A polygon; of a near miss the line along which the corner moves."`
}

// mostMends is how many are listed at once: a person accepts them in portions.
const mostMends = 1000

func mendsOf(mends []geo.Mend, edition geo.Edition, toleranceM float64) mendListView {
	view := mendListView{Version: edition.Version, ToleranceM: toleranceM, Total: len(mends), Mends: []mendView{}}
	for _, m := range mends[:min(len(mends), mostMends)] {
		view.Mends = append(view.Mends, mendView{
			ID: m.ID, Kind: string(m.Kind), AreaM2: m.AreaM2, WidthM: m.WidthM, At: m.At, Codes: m.Codes,
			Offer: offerOf(m), Geometry: geometryOf(m.Ground),
		})
	}
	return view
}

func offerOf(m geo.Mend) string {
	switch m.Kind {
	case geo.MendOverlap:
		return fmt.Sprintf("leave the common ground to %s", m.Into())
	case geo.MendNearMiss:
		return fmt.Sprintf("move the corner onto the border of %s", m.Into())
	}
	return fmt.Sprintf("give the %s to %s", m.Kind, m.Into())
}
