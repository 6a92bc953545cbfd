package vision

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var trackStart = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)

// after is the time so many seconds after the first frame.
func after(seconds float64) time.Time {
	return trackStart.Add(time.Duration(seconds * float64(time.Second)))
}

func seen(class string, score, x, y, w, h float64) Detection {
	return Detection{Class: class, Score: score, Box: Box{X: x, Y: y, W: w, H: h}}
}

// van is a parked van with the given score.
func van(score float64) Detection { return seen(ClassVehicle, score, 0.8, 0.1, 0.1, 0.1) }

// walker is a person, 0.04 wide, whose left edge is at x.
func walker(x float64) Detection { return seen(ClassPerson, 0.8, x, 0.4, 0.04, 0.14) }

// climber is a person, 0.14 high, whose head is at y.
func climber(y float64) Detection { return seen(ClassPerson, 0.8, 0.5, y, 0.04, 0.14) }

// idsOf gives the ids in the order of the boxes.
func idsOf(dets []Detection) []int64 {
	ids := []int64{}
	for _, d := range dets {
		ids = append(ids, d.Track)
	}
	return ids
}

func TestTracker_Ids(t *testing.T) {
	type frame struct {
		at   float64 // Seconds.
		dets []Detection
		want []int64
	}
	one := func(at float64, d Detection, want ...int64) frame { return frame{at, []Detection{d}, want} }
	tests := []struct {
		name   string
		frames []frame
	}{
		{"begin at one, in the order of the boxes", []frame{
			{0, []Detection{walker(0.1), van(0.6), walker(0.5)}, []int64{1, 2, 3}},
		}},
		{"stay with one who walks a whole width between frames", []frame{
			one(0, walker(0.10), 1), one(0.5, walker(0.14), 1), one(1, walker(0.18), 1), one(1.5, walker(0.22), 1),
		}},
		{"stay with one who is a little farther than anybody goes so soon, but overlaps", []frame{
			one(0, walker(0.10), 1), one(0.04, walker(0.12), 1),
		}},
		{"stay with two who cross", []frame{
			{0.0, []Detection{walker(0.10), walker(0.30)}, []int64{1, 2}},
			{0.5, []Detection{walker(0.14), walker(0.26)}, []int64{1, 2}},
			{1.0, []Detection{walker(0.18), walker(0.22)}, []int64{1, 2}},
			{1.5, []Detection{walker(0.22), walker(0.18)}, []int64{1, 2}},
			{2.0, []Detection{walker(0.26), walker(0.14)}, []int64{1, 2}},
		}},
		{"stay with two who cross on their way up and down", []frame{
			{0.0, []Detection{climber(0.10), climber(0.80)}, []int64{1, 2}},
			{0.5, []Detection{climber(0.24), climber(0.66)}, []int64{1, 2}},
			{1.0, []Detection{climber(0.38), climber(0.52)}, []int64{1, 2}},
			{1.5, []Detection{climber(0.52), climber(0.38)}, []int64{1, 2}},
			{2.0, []Detection{climber(0.66), climber(0.24)}, []int64{1, 2}},
		}},
		{"are not given to one who stands far away", []frame{
			one(0, walker(0.1), 1), one(0.5, walker(0.3), 2),
		}},
		{"are not given to a box of another size", []frame{
			one(0, walker(0.1), 1), one(0.5, seen(ClassPerson, 0.8, 0.11, 0.44, 0.02, 0.04), 2),
		}},
		{"keep a person in front of a van apart from it", []frame{
			{0, []Detection{van(0.6)}, []int64{1}},
			{0.5, []Detection{seen(ClassPerson, 0.7, 0.8, 0.1, 0.1, 0.1)}, []int64{2}},
			{1, []Detection{van(0.6), seen(ClassPerson, 0.7, 0.8, 0.1, 0.1, 0.1)}, []int64{1, 2}},
		}},
		{"stay with a thing that changes its name", []frame{
			one(0, seen("handbag", 0.6, 0.2, 0.2, 0.1, 0.1), 1), one(0.5, seen("suitcase", 0.6, 0.2, 0.2, 0.1, 0.1), 1),
		}},
		{"are begun by a low score for other things", []frame{
			one(0, seen("umbrella", 0.29, 0.2, 0.2, 0.1, 0.1)), one(1, seen("umbrella", 0.3, 0.2, 0.2, 0.1, 0.1), 1),
		}},
		{"are not begun by a low score", []frame{
			one(0, van(0.44)), one(0.5, van(0.45), 1),
		}},
		{"are continued by a low score, but not by a lower one", []frame{
			one(0, van(0.6), 1), one(1, van(0.3), 1), one(2, van(0.29)), one(3, van(0.3), 1),
		}},
		{"are continued by a low score only in place", []frame{
			one(0, walker(0.10), 1),
			one(0.5, seen(ClassPerson, 0.4, 0.14, 0.4, 0.04, 0.14)),
		}},
		{"are not continued by low scores for ever", []frame{
			one(0, van(0.6), 1), one(4, van(0.4), 1), one(8, van(0.4), 1), one(12, van(0.4), 1), one(16, van(0.4), 1),
			one(20, van(0.4), 1), one(21, van(0.4)), one(22, van(0.6), 1),
		}},
		{"are continued by a high score after doubt", []frame{
			one(0, van(0.6), 1), one(4, van(0.4), 1), one(8, van(0.4), 1), one(12, van(0.4), 1), one(16, van(0.4), 1),
			one(20, van(0.4), 1), one(20.04, seen(ClassVehicle, 0.6, 0.85, 0.1, 0.1, 0.1), 1),
		}},
		{"outlive a gap as long as Keep", []frame{
			one(0, van(0.6), 1), one(5, van(0.6), 1),
		}},
		{"do not outlive a longer gap", []frame{
			one(0, van(0.6), 1), {2, nil, []int64{}}, one(5.1, van(0.6), 2),
		}},
		{"live through a clock that goes back a little", []frame{
			one(10, van(0.6), 1), one(8, van(0.6), 1), one(14.9, van(0.6), 1),
		}},
		{"are forgotten when the clock goes back far", []frame{
			one(100, van(0.6), 1), one(10, van(0.6), 2), one(11, van(0.6), 2),
		}},
		{"are not given to boxes without an area", []frame{
			one(0, seen(ClassPerson, 0.9, 0.1, 0.1, 0, 0.1)), one(1, seen(ClassPerson, 0.9, 0.1, 0.1, -0.1, -0.1)),
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracker := NewTracker(DefaultTrackParams())
			for _, f := range test.frames {
				want := f.want
				if want == nil {
					want = []int64{}
				}
				if got := idsOf(tracker.Update(after(f.at), f.dets)); !slices.Equal(got, want) {
					t.Fatalf("at %v s the ids are %v, want %v", f.at, got, want)
				}
			}
		})
	}
}

func TestTracker_UpdateLeavesItsInputAlone(t *testing.T) {
	dets := []Detection{van(0.6), van(0.1)}
	before := slices.Clone(dets)
	NewTracker(DefaultTrackParams()).Update(after(0), dets)
	if !slices.Equal(dets, before) {
		t.Errorf("the boxes became %v, were %v", dets, before)
	}
}

// moment is a frame of a made-up scene.
type moment struct {
	at   time.Time
	dets []Detection
}

// scenes draws frames with boxes anywhere, close together in time or far apart.
func scenes() *rapid.Generator[[]moment] {
	box := rapid.Custom(func(t *rapid.T) Detection {
		return seen(rapid.SampledFrom([]string{ClassPerson, ClassVehicle, "umbrella", "chair"}).Draw(t, "class"),
			rapid.Float64Range(0, 1).Draw(t, "score"),
			rapid.Float64Range(0, 0.9).Draw(t, "x"), rapid.Float64Range(0, 0.9).Draw(t, "y"),
			rapid.Float64Range(0, 0.3).Draw(t, "w"), rapid.Float64Range(0, 0.3).Draw(t, "h"))
	})
	return rapid.Custom(func(t *rapid.T) []moment {
		steps := rapid.SliceOfN(rapid.Int64Range(-2000, 7000), 1, 25).Draw(t, "steps in ms")
		at := trackStart
		var all []moment
		for _, ms := range steps {
			at = at.Add(time.Duration(ms) * time.Millisecond)
			all = append(all, moment{at, rapid.SliceOfN(box, 0, 12).Draw(t, "boxes")})
		}
		return all
	})
}

func TestTracker_IdsAreUniqueInEveryFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tracker := NewTracker(DefaultTrackParams())
		kinOf := map[int64]string{}
		for _, m := range scenes().Draw(t, "scene") {
			inFrame := map[int64]bool{}
			for _, d := range tracker.Update(m.at, m.dets) {
				if d.Track < 1 || inFrame[d.Track] {
					t.Fatalf("id %d is no id, or stands twice in a frame", d.Track)
				}
				inFrame[d.Track] = true
				if k, known := kinOf[d.Track]; known && k != kin(d.Class) {
					t.Fatalf("track %d was a %s and is a %s", d.Track, k, d.Class)
				}
				kinOf[d.Track] = kin(d.Class)
			}
		}
	})
}

func TestTracker_RestartChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scene := scenes().Draw(t, "scene")
		restart := rapid.IntRange(0, len(scene)-1).Draw(t, "restart before")
		through, restarted := NewTracker(DefaultTrackParams()), NewTracker(DefaultTrackParams())
		for i, m := range scene {
			if i == restart {
				data, err := restarted.Snapshot()
				if err != nil {
					t.Fatal(err)
				}
				restarted = NewTracker(DefaultTrackParams())
				if err := restarted.Restore(data); err != nil {
					t.Fatal(err)
				}
			}
			want, got := through.Update(m.at, m.dets), restarted.Update(m.at, m.dets)
			if !slices.Equal(got, want) {
				t.Fatalf("frame %d: with a restart %v, without %v", i, got, want)
			}
		}
	})
}

func TestTracker_AStillBoxKeepsItsId(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tracker := NewTracker(DefaultTrackParams())
		params := DefaultTrackParams()
		box := Box{
			X: rapid.Float64Range(0, 0.7).Draw(t, "x"), Y: rapid.Float64Range(0, 0.7).Draw(t, "y"),
			W: rapid.Float64Range(0.01, 0.3).Draw(t, "w"), H: rapid.Float64Range(0.01, 0.3).Draw(t, "h"),
		}
		shake := rapid.Float64Range(-0.04, 0.04)
		at := trackStart
		for i := range rapid.IntRange(2, 40).Draw(t, "frames") {
			d := Detection{Class: ClassVehicle, Score: params.High, Box: box}
			d.Box.X += shake.Draw(t, "shake x") * box.W
			d.Box.Y += shake.Draw(t, "shake y") * box.H
			if got := idsOf(tracker.Update(at, []Detection{d})); !slices.Equal(got, []int64{1}) {
				t.Fatalf("frame %d at %v: ids %v, want [1]", i, at.Sub(trackStart), got)
			}
			at = at.Add(time.Duration(rapid.Int64Range(40, params.Keep.Milliseconds()).Draw(t, "gap in ms")) * time.Millisecond)
		}
	})
}

func TestTracker_RestoreRefuses(t *testing.T) {
	track := `{"id":1,"kin":"person","box":{"x":0.1,"y":0.1,"w":0.1,"h":0.1},"seen":"2026-11-22T08:00:00Z","sure":"2026-11-22T08:00:00Z"}`
	tests := []struct{ name, data, want string }{
		{"no JSON", `{`, "tracker snapshot"},
		{"no next id", `{"tracks":[]}`, "next: 0"},
		{"an id that is still to come", `{"next":1,"tracks":[` + track + `]}`, "id: 1"},
		{"one id twice", `{"next":9,"tracks":[` + track + `,` + track + `]}`, "id: 1"},
		{"a box without an area", `{"next":9,"tracks":[` + strings.Replace(track, `"w":0.1`, `"w":0`, 1) + `]}`, "track 1: box"},
		{"an unknown kin", `{"next":9,"tracks":[` + strings.Replace(track, "person", "cloud", 1) + `]}`, "track 1: kin"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tracker := NewTracker(DefaultTrackParams())
			tracker.Update(after(0), []Detection{van(0.6)})
			before, _ := tracker.Snapshot()
			err := tracker.Restore([]byte(test.data))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is %v, want one that says %q", err, test.want)
			}
			if now, _ := tracker.Snapshot(); string(now) != string(before) {
				t.Errorf("a refused snapshot changed the tracker to %s", now)
			}
		})
	}
}

func FuzzTracker_Restore(f *testing.F) {
	tracker := NewTracker(DefaultTrackParams())
	tracker.Update(after(0), []Detection{van(0.6), walker(0.1)})
	tracker.Update(after(0.5), []Detection{van(0.4), walker(0.14)})
	seed, err := tracker.Snapshot()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"next":2,"tracks":[{"id":1,"kin":"thing","box":{"w":1e-300,"h":1e-300},"speed_x":1e308}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		tracker := NewTracker(DefaultTrackParams())
		if tracker.Restore(data) != nil {
			return
		}
		ids := idsOf(tracker.Update(after(1), []Detection{van(0.6), walker(0.12)}))
		if len(ids) != 2 || ids[0] == ids[1] {
			t.Fatalf("two sound boxes got the ids %v", ids)
		}
		again, err := tracker.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		copied := NewTracker(DefaultTrackParams())
		if err := copied.Restore(again); err != nil {
			t.Fatal(err)
		}
		if twice, err := copied.Snapshot(); err != nil || string(twice) != string(again) {
			t.Fatalf("restored %s (%v), was %s", twice, err, again)
		}
	})
}
