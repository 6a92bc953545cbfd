package replay

import (
	"encoding/json"
	"testing"
	"time"

	"gridwatch/vision"
)

// What a short thing leaves out follows from its box; the rest comes back as it was.
func TestThing_ComesBackAsItWas(t *testing.T) {
	view := vision.View{ID: "view"}
	for _, d := range []vision.Detection{
		{Class: "person", Track: 4, Score: 0.5, Box: vision.Box{X: 0.1, Y: 0.2, W: 0.3, H: 0.4}},
		{Class: "vehicle", Label: "truck", Track: 5, Score: 0.5, Box: vision.Box{X: 0.1, Y: 0.2, W: 0.3, H: 0.4}},
		{Class: vision.ClassChange, Track: 6, Score: 0.5, Box: vision.Box{X: 0.1, Y: 0.2, W: 0.3, H: 0.4}, Since: time.Unix(1_800_000_000, 1).UTC()},
	} {
		object := vision.Place([]vision.Detection{d}, view)[0]
		text, err := json.Marshal(thingOf(object, view))
		if err != nil {
			t.Fatal(err)
		}
		var back thing
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if back.object(view) != object || back.full != nil {
			t.Errorf("%s came back as %+v, want %+v in short", text, back.object(view), object)
		}
	}
}
