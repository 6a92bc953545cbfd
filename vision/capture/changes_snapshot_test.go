package capture

import (
	"image"
	"slices"
	"testing"

	"gridwatch/vision"
)

// twoChanges is a finder on a small grey yard with two things in it, one of them at the edge.
func twoChanges(t testing.TB) *Changes {
	t.Helper()
	finder, err := NewChanges(ChangeParams{WarmUpS: 1, ReportS: 1, SettleS: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { finder.Close() })
	size := image.Pt(96, 72)
	for second := range int64(20) {
		pix := slices.Repeat([]byte{120, 120, 120}, size.X*size.Y)
		if second > 3 {
			for _, r := range []image.Rectangle{image.Rect(20, 30, 36, 44), image.Rect(80, 50, 96, 72)} {
				for y := r.Min.Y; y < r.Max.Y; y++ {
					for x := r.Min.X; x < r.Max.X; x++ {
						copy(pix[3*(y*size.X+x):], []byte{20, 40, 200})
					}
				}
			}
		}
		img, err := NewImage(size.X, size.Y, pix)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := finder.Find(img, second*1e9+1, nil); err != nil {
			t.Fatal(err)
		}
		img.Close()
	}
	c := finder.(*Changes)
	if len(c.open) != 2 {
		t.Fatalf("%d open changes, want 2", len(c.open))
	}
	return c
}

func snapshotOf(t testing.TB, f vision.ChangeFinder) []byte {
	t.Helper()
	data, err := f.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestChanges_SnapshotSurvivesARoundTrip(t *testing.T) {
	before := twoChanges(t)
	first := snapshotOf(t, before)
	after := twoChanges(t)
	if err := after.Restore(first); err != nil {
		t.Fatal(err)
	}
	if second := snapshotOf(t, after); !slices.Equal(first, second) {
		t.Error("the snapshot of what was restored is another")
	}
	if !slices.Equal(before.detections(), after.detections()) {
		t.Errorf("restored %+v, want %+v", after.detections(), before.detections())
	}
}

func TestChanges_SnapshotBeforeAnythingIsLearnedIsEmpty(t *testing.T) {
	finder, err := NewChanges(ChangeParams{})
	if err != nil {
		t.Fatal(err)
	}
	defer finder.Close()
	if data := snapshotOf(t, finder); len(data) != 0 {
		t.Errorf("%d bytes, want none", len(data))
	}
	if err := finder.Restore(nil); err != nil {
		t.Errorf("restoring nothing: %v", err)
	}
}

func TestChanges_ABrokenSnapshotChangesNothing(t *testing.T) {
	c := twoChanges(t)
	want := snapshotOf(t, c)
	broken := map[string][]byte{
		"not one":         []byte("GET / HTTP/1.1\r\n"),
		"another version": append([]byte("GWCH\x63"), want[5:]...),
		"too long":        append(slices.Clone(want), 0),
		"huge":            make([]byte, maxSnapshot+1),
	}
	for _, cut := range []int{1, 4, 5, 9, 20, len(want) / 2, len(want) - 1} {
		broken["cut"] = want[:cut]
		for name, data := range broken {
			if err := c.Restore(data); err == nil {
				t.Errorf("%s (%d bytes): no error", name, len(data))
			}
		}
	}
	for i := 0; i < len(want); i += 7 { // PNG's checksums notice what the frame around it does not.
		data := slices.Clone(want)
		data[i] ^= 0x41
		_, _ = decodeSnapshot(data)
	}
	if got := snapshotOf(t, c); !slices.Equal(got, want) {
		t.Error("a refused snapshot changed the finder")
	}
}

func TestChanges_SnapshotStaysSmall(t *testing.T) {
	s := newStage(t, ChangeParams{})
	s.play(20, nil)
	s.play(20, nil, thing(heapPlace), thing(image.Rect(16, 133, 50, 166)))
	data := snapshotOf(t, s.finder)
	perPixel := float64(len(data)) / float64(stageSize.X*stageSize.Y)
	if most := float64(1<<20) / (640 * 360); perPixel > most {
		t.Errorf("%.2f bytes a pixel, the most is %.2f", perPixel, most)
	}
}

func FuzzChanges_Restore(f *testing.F) {
	whole := snapshotOf(f, twoChanges(f))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("GWCH\x02\x60\x00\x48\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		finder, err := NewChanges(ChangeParams{})
		if err != nil {
			t.Fatal(err)
		}
		defer finder.Close()
		if err := finder.Restore(data); err != nil || len(data) == 0 {
			return
		}
		size := finder.(*Changes).size
		img, err := NewImage(size.X, size.Y, make([]byte, 3*size.X*size.Y))
		if err != nil {
			t.Fatal(err)
		}
		defer img.Close()
		for _, at := range []int64{1, 1e9, 2e9} {
			if _, err := finder.Find(img, at, nil); err != nil {
				t.Fatalf("Find after Restore: %v", err)
			}
		}
		if _, err := finder.Snapshot(); err != nil {
			t.Fatalf("Snapshot after Restore: %v", err)
		}
	})
}
