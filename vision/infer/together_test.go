package infer

import (
	"slices"
	"strings"
	"testing"

	"gridwatch/vision"
)

// A city's own model, by configuration alone: its boxes join those of the default one on the cameras that ask for its rule.
func TestTogether_AddedDetectorsLookWhereTheirRulesAre(t *testing.T) {
	carts := openPool(t, Config{
		Library: models(t, LibraryFile), Kind: YOLOv8, Labels: []string{"cart", "person"}, Score: 0.3, NMS: 0.5, Sessions: 1,
		Model: yolov8Cells(2, map[int][]float32{3: {32, 21, 16, 10, 0.8, 0}, 80: {16, 10, 8, 8, 0, 0.9}}).write(t),
	})
	people := openPool(t, Config{
		Library: models(t, LibraryFile), Kind: YOLOX, Labels: []string{"person"}, Score: 0.3, NMS: 0.5, Sessions: 1,
		Model: yoloxRows(1, map[int][]float32{9: {0.5, 0.5, 0, 0, 1, 0.6}}).write(t),
	})
	all := Together{Default: people, Added: []Added{{Name: "carts", Pool: carts, Rules: []string{"vending", "road_stall"}}}}
	img := grey(t, 64, 64)

	elsewhere := all.For("cam", func() []string { return []string{"fire_lane"} })
	if found, err := elsewhere.Detect(t.Context(), img); err != nil || len(found) != 1 || elsewhere.Fingerprint() != people.Fingerprint() {
		t.Errorf("where no rule asks for carts: %v (%v) by %s", found, err, elsewhere.Fingerprint())
	}
	here := all.For("cam", func() []string { return []string{"fire_lane", "road_stall"} })
	found, err := here.Detect(t.Context(), img)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 3 || !slices.ContainsFunc(found, func(d vision.Detection) bool { return d.Class == "cart" && d.Score == 0.8 }) {
		t.Errorf("found %v", found)
	}
	if want := people.Fingerprint() + " + " + carts.Fingerprint(); here.Fingerprint() != want {
		t.Errorf("the fingerprint is %q, want %q", here.Fingerprint(), want)
	}
}

func TestJoin(t *testing.T) {
	at := func(class string, score, x float64) vision.Detection {
		return vision.Detection{Class: class, Score: score, Box: vision.Box{X: x, Y: 0.1, W: 0.2, H: 0.2}}
	}
	got := join([]vision.Detection{at("person", 0.5, 0.1), at("person", 0.9, 0.6)},
		[]vision.Detection{at("person", 0.8, 0.12), at("person", 0.4, 0.6), at("cart", 0.4, 0.6), at("person", 0.3, 0.4)}, 0.5)
	want := []vision.Detection{at("person", 0.8, 0.12), at("person", 0.9, 0.6), at("cart", 0.4, 0.6), at("person", 0.3, 0.4)}
	if !slices.Equal(got, want) {
		t.Errorf("joined %v, want %v", got, want)
	}
}

func TestTogether_WithoutAddedOnesIsTheDefault(t *testing.T) {
	p := openPool(t, Config{
		Library: models(t, LibraryFile), Kind: YOLOX, Labels: []string{"stall"}, Score: 0.3, NMS: 0.5, Sessions: 1, Model: yoloxRows(1, nil).write(t),
	})
	d := Together{Default: p}.For("cam", nil)
	if found, err := d.Detect(t.Context(), grey(t, 64, 64)); err != nil || len(found) != 0 || strings.Contains(d.Fingerprint(), "+") {
		t.Errorf("found %v (%v)", found, err)
	}
}
