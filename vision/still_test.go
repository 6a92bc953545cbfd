package vision

import (
	"context"
	"image"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const sketchWide, sketchHigh = 96, 64

// sketched is what a gate would make of a frame: ground with the noise of a sensor, and something brighter where the frame
// shows a thing.
func sketched(f Frame) Sketch {
	s := Sketch{Size: image.Pt(sketchWide, sketchHigh), Grey: make([]byte, sketchWide*sketchHigh)}
	noise := uint32(f.Seq)
	for i := range s.Grey {
		noise = noise*1664525 + 1013904223
		s.Grey[i] = byte(100 + noise>>24%7)
	}
	for _, d := range f.Image.(*scene).found {
		brighten(s, d.Box, 40)
	}
	return s
}

func brighten(s Sketch, b Box, by byte) {
	for y := max(int(b.Y*sketchHigh), 0); y < min(int((b.Y+b.H)*sketchHigh), sketchHigh); y++ {
		for x := max(int(b.X*sketchWide), 0); x < min(int((b.X+b.W)*sketchWide), sketchWide); x++ {
			s.Grey[y*sketchWide+x] += by
		}
	}
}

// counting is a detector that remembers which frames it looked at. A flickering one does not find everything every time.
type counting struct {
	scripted
	frames   []Frame
	lookedAt []uint64
	flicker  *rand.Rand
	name     string
}

func (d *counting) Fingerprint() string { return d.name }

func (d *counting) Detect(ctx context.Context, img Image) ([]Detection, error) {
	at := slices.IndexFunc(d.frames, func(f Frame) bool { return f.Image == img })
	d.lookedAt = append(d.lookedAt, d.frames[at].Seq)
	found, err := d.scripted.Detect(ctx, img)
	if d.flicker != nil && d.flicker.IntN(2) == 0 {
		found = nil
	}
	return found, err
}

// watchedStill runs a film whose gate sketches every frame.
func watchedStill(t testing.TB, c City, lookAgain time.Duration, flicker *rand.Rand, change func(*counting, *Judgement, uint64), acts ...act) (*counting, *world, *Pipeline) {
	t.Helper()
	w := newWorld(t)
	all := film(c, acts...)
	frames, d := slices.Clone(all), &counting{frames: all, flicker: flicker, name: "first"}
	p := w.pipeline(c, &frames)
	p.Detector, p.LookAgain = d, lookAgain
	p.Quality = scriptedGate{judge: func(seq uint64) Judgement {
		seen := Judgement{ViewID: c.Camera.View.ID, Sketch: sketched(all[seq-1])}
		if change != nil {
			change(d, &seen, seq)
		}
		return seen
	}}
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n, fit := len(d.lookedAt)+int(p.Counters.Spared.Load()), len(all)-int(p.Counters.Unfit.Load()); n != fit {
		t.Errorf("%d frames were looked at or spared, of %d fit ones", n, fit)
	}
	return d, w, p
}

// between counts the looks from a second of the film to another.
func (d *counting) between(from, until float64) (n int) {
	for _, seq := range d.lookedAt {
		if during(from, until, seq) {
			n++
		}
	}
	return n
}

func TestPipeline_LooksSeldomWhileNothingMoves(t *testing.T) {
	c := fireLane(t)
	parked := car(2, 8, 20) // Beside the lane.
	d, w, p := watchedStill(t, c, 10*time.Second, nil, nil, show(60, parked), show(200, parked, car(1, 0, 18)), show(140, parked))
	for _, part := range []struct {
		what        string
		from, until float64
		looks       int
	}{
		{"before anything is sure", 0, 10.5, 21},
		{"while nothing moves", 10.5, 60, 4},
		{"from when the car comes until its place is clear", 60, 310, 500},
		{"long after", 340, 400, 6},
	} {
		if got := d.between(part.from, part.until); got != part.looks {
			t.Errorf("%s: %d looks, want %d", part.what, got, part.looks)
		}
	}
	if at := w.sent[0].At.Sub(streetBegin).Seconds(); !slices.Equal(w.kinds(), []Kind{Raised, Escalated, Cleared}) || at != 110 {
		t.Errorf("sent %v, the first at %v s", w.kinds(), at)
	}
	if p.Counters.Spared.Load() < 150 {
		t.Errorf("%d looks were spared", p.Counters.Spared.Load())
	}
}

func TestPipeline_LooksAnew(t *testing.T) {
	parked := car(2, 8, 20)
	for _, some := range []struct {
		name    string
		change  func(*counting, *Judgement, uint64)
		flicker *rand.Rand
		looks   int // From 40 s to 70 s.
	}{
		{"nothing happens", nil, nil, 3},
		{"something small comes at 45 s, and it is not the detector's", func(_ *counting, seen *Judgement, seq uint64) {
			if during(45, 100, seq) {
				brighten(seen.Sketch, Box{X: 0.3, Y: 0.3, W: 0.06, H: 0.12}, 30)
			}
		}, nil, 4},
		{"something goes to and fro from 45 s on", func(_ *counting, seen *Judgement, seq uint64) {
			if during(45, 100, seq) {
				brighten(seen.Sketch, Box{X: 0.1 * float64(seq%7), Y: 0.3, W: 0.06, H: 0.12}, 30)
			}
		}, nil, 51},
		{"the light changes slowly", func(_ *counting, seen *Judgement, seq uint64) {
			brighten(seen.Sketch, Box{W: 1, H: 1}, byte(seq/4))
		}, nil, 3},
		{"the light goes on at 45 s", func(_ *counting, seen *Judgement, seq uint64) {
			if during(45, 100, seq) {
				brighten(seen.Sketch, Box{W: 1, H: 1}, 20)
			}
		}, nil, 4},
		{"the detector is not sure of what it sees", nil, rand.New(rand.NewPCG(3, 4)), 60},
		{"another detector from 45 s on", func(d *counting, _ *Judgement, seq uint64) {
			if during(45, 100, seq) {
				d.name = "second"
			}
		}, nil, 23},
		{"a frame was unfit at 45 s", func(_ *counting, seen *Judgement, seq uint64) {
			if during(45, 45.5, seq) {
				seen.Unfit = UnfitRain
			}
		}, nil, 23},
		{"a cloth on the lawn is taken for a bird now and then", func(d *counting, _ *Judgement, seq uint64) {
			shown := d.frames[seq-1].Image.(*scene)
			if shown.found = shown.found[:1:1]; seq%3 > 0 {
				shown.found = append(shown.found, thing("bird", 0, -4, 12, 0.4, 0.4))
			}
		}, nil, 3},
		{"the gate sketches nothing", func(_ *counting, seen *Judgement, _ uint64) { seen.Sketch = Sketch{} }, nil, 60},
	} {
		t.Run(some.name, func(t *testing.T) {
			d, _, _ := watchedStill(t, fireLane(t), 10*time.Second, some.flicker, some.change, show(70, parked))
			if got := d.between(40, 70); got != some.looks {
				t.Errorf("%d looks, want %d", got, some.looks)
			}
		})
	}
	d, _, _ := watchedStill(t, fireLane(t), 10*time.Second, nil, nil, show(30), dark(120), show(30))
	if got := d.between(30, 40); got != 20 { // By frames: the dark has none.
		t.Errorf("after a pause of two minutes: %d looks", got)
	}
	d, _, _ = watchedStill(t, fireLane(t), 0, nil, nil, show(70, parked))
	if got := d.between(40, 70); got != 60 {
		t.Errorf("without a time to hold: %d looks", got)
	}
}

// With a detector that says the same of the same picture, sparing it changes nothing that is told, when or of what.
func TestLaw_ASparedLookChangesNothing(t *testing.T) {
	c := fireLane(t)
	rapid.Check(t, func(t *rapid.T) {
		var acts []act
		for i := range rapid.IntRange(2, 5).Draw(t, "acts") {
			var things []Detection
			for j := range rapid.IntRange(0, 2).Draw(t, "things") {
				x := rapid.SampledFrom([]float64{-5, -2, 0, 2, 5}).Draw(t, "x")
				things = append(things, car(int64(10*i+j), x, 14+4*float64(j)))
			}
			acts = append(acts, show(rapid.Float64Range(1, 70).Draw(t, "seconds"), things...))
		}
		spared, all := told(t, c, 10*time.Second, acts), told(t, c, 0, acts)
		if spared != all {
			t.Fatalf("told with spared looks\n%s\nand without\n%s", spared, all)
		}
	})
}

// told is everything that a film's sightings say.
func told(t *rapid.T, c City, lookAgain time.Duration, acts []act) string {
	frames := film(c, acts...)
	all := slices.Clone(frames)
	w := &world{state: map[string][]byte{}, around: func(string) error { return nil }}
	p := w.pipeline(c, &frames)
	p.LookAgain, p.Blobs, p.Quality = lookAgain, nowhere{}, scriptedGate{judge: func(seq uint64) Judgement {
		return Judgement{ViewID: c.Camera.View.ID, Sketch: sketched(all[seq-1])}
	}}
	if err := p.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	return text(w.sent)
}

func TestSketch_Shows(t *testing.T) {
	ground := func(seq uint64) Sketch { return sketched(Frame{Seq: seq, Image: &scene{}}) }
	with := func(b Box, by byte) Sketch {
		s := ground(2)
		brighten(s, b, by)
		return s
	}
	for _, some := range []struct {
		name  string
		other Sketch
		want  bool
	}{
		{"the very same", ground(1), true},
		{"other noise", ground(2), true},
		{"the light of a cloud", with(Box{W: 1, H: 1}, 3), true},
		{"a person far away", with(Box{X: 0.5, Y: 0.5, W: 0.05, H: 0.1}, 20), false},
		{"a dark thing at night", with(Box{X: 0.5, Y: 0.5, W: 0.1, H: 0.1}, 8), false},
		{"half of it", with(Box{W: 0.6, H: 1}, 40), false},
		{"all of it", with(Box{W: 1, H: 1}, 40), false},
		{"another size", Sketch{Size: image.Pt(sketchHigh, sketchWide), Grey: ground(1).Grey}, false},
		{"too few pixels", Sketch{Size: image.Pt(sketchWide, sketchHigh), Grey: ground(1).Grey[1:]}, false},
		{"nothing", Sketch{}, false},
	} {
		t.Run(some.name, func(t *testing.T) {
			if got := ground(1).shows(some.other); got != some.want {
				t.Errorf("shows: %v", got)
			}
			if got := some.other.shows(ground(1)); got != some.want {
				t.Errorf("is shown: %v", got)
			}
		})
	}
	if (Sketch{}).shows(Sketch{}) {
		t.Error("two sketches of nothing show the same")
	}
}

// nowhere takes pictures and keeps none.
type nowhere struct{}

func (nowhere) Put(_ context.Context, data []byte) (string, error)      { return Sum(data), nil }
func (nowhere) Open(context.Context, string) (io.ReadSeekCloser, error) { return nil, ErrNoBlob }
func (nowhere) Delete(context.Context, string) error                    { return nil }
