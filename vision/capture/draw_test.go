package capture

import (
	"bytes"
	"image"
	"math"
	"os"
	"testing"

	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// lane is the road on the right of the real clip, with its parked van, its parked car and a walker.
var lane = vision.Marks{
	Fence: []orb.Point{{0.66, 0.27}, {0.79, 0.195}, {0.845, 0.16}, {0.97, 0.09}, {1, 0.12}, {1, 0.175}, {0.90, 0.215}, {0.78, 0.30}, {0.66, 0.27}},
	Boxes: []vision.MarkedBox{
		{Box: vision.Box{X: 0.955, Y: 0.087, W: 0.045, H: 0.078}, Label: "vehicle 0.55"},
		{Box: vision.Box{X: 0.875, Y: 0.445, W: 0.058, H: 0.2}, Label: "person 0.64"},
		{Box: vision.Box{X: 0.848, Y: 0.074, W: 0.094, H: 0.102}, Label: "vehicle 0.81  4 min 12 s", Subject: true},
	},
	Caption: "LZ-0001  2026-11-22 14:02:07 UTC  begin  nanodet 5d0e4f8c",
	Rule:    "fire_lane",
}

func drawn(t *testing.T, img vision.Image, marks vision.Marks) vision.Image {
	t.Helper()
	data, err := Draw(img, marks)
	if err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("GRIDWATCH_KEEP_DRAWING"); path != "" { // To look at it.
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	picture, err := Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { picture.Close() })
	return picture
}

// at is the blue, green and red of one pixel.
func at(img vision.Image, x, y int) [3]int {
	i := (y*img.Size().X + x) * 3
	p := img.BGR()[i : i+3]
	return [3]int{int(p[0]), int(p[1]), int(p[2])}
}

func near(a, b [3]int, by int) bool {
	for i := range a {
		if a[i] < b[i]-by || a[i] > b[i]+by {
			return false
		}
	}
	return true
}

func TestDraw_MarksARealFrameAndLeavesItAlone(t *testing.T) {
	img := realFrame(t, 5)
	defer img.Close()
	before := bytes.Clone(img.BGR())
	got := drawn(t, img, lane)
	if !bytes.Equal(before, img.BGR()) {
		t.Error("the picture itself was changed")
	}
	if got.Size() != image.Pt(768, 576+30) {
		t.Errorf("size %v, want the picture and a bar of 30", got.Size())
	}
}

func TestDraw_EachPart(t *testing.T) {
	img := plain(t, 768, 576, 128)
	defer img.Close()
	marked := drawn(t, img, vision.Marks{
		Fence: []orb.Point{{0.5, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.5, 0.75}},
		Boxes: []vision.MarkedBox{
			{Box: vision.Box{X: 0.125, Y: 0.25, W: 0.125, H: 0.25}, Subject: true},
			{Box: vision.Box{X: 0.125, Y: 0.75, W: 0.125, H: 0.125}},
		},
		Rule: "vending",
	})
	grey, hue, tinted := [3]int{128, 128, 128}, [3]int{0x20, 0xB0, 0xFF}, [3]int{109, 138, 153}
	for _, c := range []struct {
		name string
		x, y int
		want [3]int
	}{
		{"outside everything", 300, 400, grey},
		{"inside the subject's box", 140, 200, grey},
		{"inside the fence", 480, 280, tinted},
		{"the fence's outline", 384, 280, hue},
		{"the closing side of the fence", 480, 432, hue},
		{"the subject's box", 96, 200, hue},
		{"another box", 96, 470, [3]int{0xF5, 0xED, 0xE6}},
		{"the bar", 700, 590, [3]int{0x20, 0x14, 0x0B}},
		{"the matter's mark in the bar", 15, 591, hue},
	} {
		if got := at(marked, c.x, c.y); !near(got, c.want, 45) || c.want == grey && !near(got, grey, 4) || c.want == tinted && !near(got, tinted, 8) {
			t.Errorf("%s: %v, want about %v", c.name, got, c.want)
		}
	}
}

func TestDraw_LabelsCoverNeitherEachOtherNorTheSubject(t *testing.T) {
	img := plain(t, 768, 576, 90)
	defer img.Close()
	s, err := newSheet(img.(*picture), "fire_lane")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	s.boxes(lane.Boxes)
	if s.err != nil || len(s.taken) != 4 {
		t.Fatalf("%d places are taken, want the subject's box and three labels (%v)", len(s.taken), s.err)
	}
	for i, a := range s.taken {
		for _, b := range s.taken[:i] {
			if a.Overlaps(b) {
				t.Errorf("%v overlaps %v", a, b)
			}
		}
		if i > 0 && !a.In(image.Rectangle{Max: s.view}) {
			t.Errorf("label %v is not in the picture", a)
		}
	}
}

func TestDraw_HueAndSizeFollow(t *testing.T) {
	for _, c := range []struct {
		rule string
		w    int
		want int
		hue  [3]int
	}{
		{"fire_lane", 320, 640, [3]int{0x4F, 0x5A, 0xFF}},
		{"vending", 768, 768, [3]int{0x20, 0xB0, 0xFF}},
		{"debris", 1280, 1280, [3]int{0xFF, 0x8B, 0xB3}},
		{"smoke", 1920, 1280, [3]int{0xFF, 0xB3, 0x4F}},
	} {
		img := plain(t, c.w, c.w/2, 90)
		marked := drawn(t, img, vision.Marks{Rule: c.rule})
		img.Close()
		size := marked.Size()
		if size.X != c.want || size.Y <= c.want/2 {
			t.Errorf("%s at %d is drawn on %v", c.rule, c.w, size)
		}
		bar := size.Y - c.want/2
		if got := at(marked, bar/2, c.want/2+bar/2); !near(got, c.hue, 45) {
			t.Errorf("the mark of %s is %v, want about %v", c.rule, got, c.hue)
		}
	}
}

func TestDraw_TakesWhateverMarksThereAre(t *testing.T) {
	img := plain(t, 100, 80, 50)
	defer img.Close()
	label := "消防通道 a label that is far longer than any picture is wide, and goes on and on and on and on and on"
	for name, marks := range map[string]vision.Marks{
		"none":               {},
		"two points":         {Fence: []orb.Point{{0, 0}, {1, 1}}},
		"one point thrice":   {Fence: []orb.Point{{0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}, {0.5, 0.5}}},
		"far outside":        {Fence: []orb.Point{{-1e300, 0}, {1e300, 1e300}, {0, -1e300}}, Boxes: []vision.MarkedBox{{Box: vision.Box{X: -9, Y: 5e9, W: 1e18, H: -1e18}, Label: "x", Subject: true}}},
		"an empty box":       {Boxes: []vision.MarkedBox{{Label: "nothing"}}},
		"labels at the rims": {Boxes: []vision.MarkedBox{{Box: vision.Box{X: 0.99, Y: 0.99, W: 0.5, H: 0.5}, Label: label}, {Box: vision.Box{W: 1, H: 1}, Label: label, Subject: true}}},
		"a long caption":     {Caption: label + label},
	} {
		t.Run(name, func(t *testing.T) {
			if size := drawn(t, img, marks).Size(); size.X != 640 {
				t.Errorf("size %v", size)
			}
		})
	}
}

func TestDraw_Refuses(t *testing.T) {
	img := plain(t, 100, 80, 50)
	for name, marks := range map[string]vision.Marks{
		"a fence without a place": {Fence: []orb.Point{{0, 0}, {math.NaN(), 1}, {1, 1}}},
		"a box without an end":    {Boxes: []vision.MarkedBox{{Box: vision.Box{W: math.Inf(1)}}}},
	} {
		if _, err := Draw(img, marks); err == nil {
			t.Errorf("%s was drawn", name)
		}
	}
	img.Close()
	if _, err := Draw(img, lane); err == nil {
		t.Error("a closed picture was drawn on")
	}
}
