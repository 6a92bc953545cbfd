package vision

import (
	"math"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

func TestPlace_OnTheGround(t *testing.T) {
	v := View{ID: "view", Ground: streetGround}
	near, far := Place([]Detection{car(1, 0, 12)}, v)[0], Place([]Detection{car(2, 0, 35)}, v)[0]
	for _, row := range []struct {
		obj Object
		at  orb.Point
	}{{near, street(0, 12)}, {far, street(0, 35)}} {
		if !row.obj.Grounded || geo.DistanceM(row.obj.Position, row.at) > 0.3 {
			t.Errorf("placed at %v, want %v", row.obj.Position, row.at)
		}
		if math.Abs(row.obj.WidthM-1.9) > 0.1 || row.obj.AreaM2 <= 0 || row.obj.AreaM2 > 1.05*row.obj.WidthM*row.obj.WidthM {
			t.Errorf("%.2f m wide, %.2f m² of ground", row.obj.WidthM, row.obj.AreaM2)
		}
	}
	if !(near.SigmaM > 0 && far.SigmaM > 2*near.SigmaM) {
		t.Errorf("sigma %.2f m near, %.2f m far", near.SigmaM, far.SigmaM)
	}
}

func TestPlace_AboveTheHorizonAndWithoutCalibration(t *testing.T) {
	balloon := Detection{Class: "balloon", Score: 0.9, Box: Box{X: 0.4, Y: 0, W: 0.1, H: 0.1}}
	for _, v := range []View{{Ground: streetGround}, {}} {
		obj := Place([]Detection{balloon}, v)[0]
		if obj.Grounded || obj.AreaM2 != 0 || obj.Foot != (orb.Point{0.45, 0.1}) {
			t.Errorf("placed %+v", obj)
		}
	}
}

func TestOutline(t *testing.T) {
	v := View{ID: "view", Ground: streetGround}
	onMap := geo.Fence{Area: orb.Polygon{closed(lane)}}
	outline := Outline(onMap, v)
	if len(outline) != 5 {
		t.Fatalf("outline %v", outline)
	}
	if want := lens(-3, 12); planarDistance(outline[0], want) > 0.01 {
		t.Errorf("first corner at %v, want %v", outline[0], want)
	}
	onFrame := geo.Fence{ViewID: "view", Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}
	if got := Outline(onFrame, View{ID: "view"}); len(got) != 4 {
		t.Errorf("outline %v", got)
	}
	for _, none := range [][]orb.Point{Outline(onFrame, View{ID: "other"}), Outline(onMap, View{ID: "view"}), Outline(geo.Fence{}, v)} {
		if none != nil {
			t.Errorf("outline %v where the view shows nothing", none)
		}
	}
}
