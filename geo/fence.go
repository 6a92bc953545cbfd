package geo

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Fence is a polygon with a rule and hours (电子围栏). It is drawn on the map (Area), or on the frame of a view
// that is not calibrated (Frame). The frame decides then, and Area may still say roughly which ground it stands for:
// where nothing gives a thing its own position, people are shown that.
type Fence struct {
	ID     string
	Name   string
	Rule   string      // Key of a rule in configs/rules.yaml.
	Area   orb.Polygon // On the map; may be empty when Frame is used.
	ViewID string      // The view that Frame belongs to; empty for a fence on the map.
	Frame  orb.Polygon // Normalised frame coordinates, 0..1, y down.
	Hours  Hours
	// Thresholds replaces a rule's default by key ("raise_s": 10). Demonstration fences use shorter ones and say so.
	Thresholds map[string]float64
	Demo       bool
	// PlaceClass is that of the place which the fence lies in; empty where it lies in none. The store finds it out.
	PlaceClass string `json:",omitempty"`
}

// OnFrame reports whether the fence is drawn on a view's frame.
func (f Fence) OnFrame() bool { return len(f.Frame) > 0 }

// Validate returns the first rule that the fence breaks. Whether its rule and thresholds exist, the rules decide.
func (f Fence) Validate() error {
	for _, must := range []struct{ field, text string }{{"id", f.ID}, {"name", f.Name}, {"rule", f.Rule}} {
		if must.text == "" {
			return Invalid(must.field, "is missing")
		}
		if err := validText(must.field, must.text); err != nil {
			return err
		}
	}
	if err := f.validPlace(); err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(f.Thresholds)) {
		if v := f.Thresholds[key]; math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			return Invalid("thresholds."+key, "must be a number from 0 on, not %v", v)
		}
	}
	return f.Hours.Validate()
}

func (f Fence) validPlace() error {
	if !f.OnFrame() {
		if f.ViewID != "" {
			return Invalid("view", "belongs to a fence on a frame; this one is on the map")
		}
		return validBoundary("area", orb.MultiPolygon{f.Area})
	}
	if len(f.Area) > 0 {
		if err := validBoundary("area", orb.MultiPolygon{f.Area}); err != nil {
			return err
		}
	}
	if f.ViewID == "" {
		return Invalid("view", "a fence on a frame names its view")
	}
	if len(f.Frame) != 1 {
		return Invalid("frame", "a fence on a frame has one ring, without holes")
	}
	for i, p := range f.Frame[0] {
		if !(p[0] >= 0 && p[0] <= 1 && p[1] >= 0 && p[1] <= 1) {
			return Invalid(fmt.Sprintf("frame[%d]", i), "must lie in 0..1, not at %v", p)
		}
	}
	return validRings("frame", orb.MultiPolygon{f.Frame})
}
