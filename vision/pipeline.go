package vision

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
)

// Sink takes sightings. Publish returns once the sighting is safe; publishing a key again changes nothing.
type Sink interface {
	Publish(ctx context.Context, s Sighting) error
}

// StateStore keeps what a camera's pipeline has to remember over a restart.
type StateStore interface {
	Load(ctx context.Context, key string) ([]byte, error) // nil, nil where there is nothing.
	Save(ctx context.Context, key string, data []byte) error
}

// Pipeline is everything that happens to the frames of one camera:
//
//	Next ─► detect ─► track ─► changes ─► ground ─► Step ─► pictures ─► save ─► publish
//
// It decides nothing itself: that is the kernel's. It sees to it that no sighting is lost and none has two keys, whenever
// the process dies: what a step decided is saved together with its sightings before the first of them is published, and
// published again after a restart. Publishing and saving are tried until they succeed or ctx ends; that slows only this
// camera, whose older frames are dropped meanwhile.
type Pipeline struct {
	CameraID   string
	Next       func(ctx context.Context) (Frame, error) // Take of a *Latest; io.EOF ends Run.
	Detector   Detector
	Tracker    *Tracker
	Changes    ChangeFinder // Nil where nobody looks for changes. Its owner closes it after Run.
	Quality    QualityGate  // Nil refuses empty pictures only. Its owner closes it after Run.
	Eyes       Eyes         // Learns what is wrong with the camera; nil tells nobody.
	City       func() City  // A snapshot of the city now; edits apply from the next frame on.
	Draw       func(img Image, m Marks) (jpeg []byte, err error)
	Blobs      Blobs
	Sink       Sink
	Store      StateStore
	SecondLook Looker                  // Asked where a rule has a question; nil asks nobody.
	Log        *slog.Logger            // Nil takes the default logger.
	Record     func(Observation) error // Is told of every observation; nil is nobody. An error is logged.
	Recorder   Recorder                // Nil keeps no recordings.
	LookAgain  time.Duration           // The detector's answer holds so long where nothing moves; see stillness. 0 looks at every frame.

	Counters Counters

	memory     memory
	saved      time.Time         // Frame time of the last save.
	snapshot   time.Time         // Frame time of the last snapshot of Changes.
	changes    int               // How many changes were open then.
	unfit      string            // Why the last frame was unfit.
	lookout    lookout           // What has been wrong with the camera for a while.
	grounds    map[string][]byte // What Changes had learned of each other view.
	asking     *asking           // Nil while nothing is asked.
	looked     []Trace           // What second looks said since the last frame.
	still      stillness         // What the detector said last.
	unrecorded bool              // The last step could not be recorded.
	dwelling   atomic.Pointer[[]Occupancy]
	traces     atomic.Pointer[[]Trace]
}

// Counters say how a pipeline fares. They only grow, but for the times.
type Counters struct {
	Frames        atomic.Int64
	Unfit         atomic.Int64 // Frames that could neither raise nor clear.
	Spared        atomic.Int64 // Fit frames for which an earlier answer of the detector held.
	DetectNanos   atomic.Int64 // Spent in the detector.
	Sightings     atomic.Int64 // Published.
	Retries       atomic.Int64 // Of publishing and saving.
	LostPictures  atomic.Int64 // That could not be drawn or stored.
	SecondLooks   atomic.Int64 // That were asked for, answered or not.
	Denied        atomic.Int64 // Sightings that nobody was told of because of them.
	NewestFrameAt atomic.Int64 // Capture time, nanoseconds since 1970.
}

// Dwelling returns the camera's occupancies as they are now. Safe for many goroutines.
func (p *Pipeline) Dwelling() []Occupancy {
	open := p.dwelling.Load()
	if open == nil {
		return nil
	}
	out := slices.Clone(*open)
	for i := range out {
		out[i] = out[i].Clone()
	}
	return out
}

// Traces returns why the last frame's candidates were stopped or advanced. Safe for many goroutines.
func (p *Pipeline) Traces() []Trace {
	if t := p.traces.Load(); t != nil {
		return slices.Clone(*t)
	}
	return nil
}

// Run takes frames until Next says io.EOF, or ctx ends. Each frame that it took it closes, once.
func (p *Pipeline) Run(ctx context.Context) error {
	if err := p.check(); err != nil {
		return err
	}
	if err := p.load(ctx); err != nil {
		return err
	}
	err := p.run(ctx)
	p.stopAsking()
	p.saveAtEnd(ctx)
	return err
}

func (p *Pipeline) run(ctx context.Context) error {
	dead := p.settle()
	if err := p.publish(ctx); err != nil { // What was decided before the restart.
		return err
	}
	p.forget(ctx, dead)
	p.ask(ctx)
	for {
		frame, err := p.next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("camera %s: %w", p.CameraID, err)
		}
		err = p.handle(ctx, frame)
		if err := frame.Close(); err != nil {
			p.log().Warn("frame was not closed", "error", err)
		}
		if err != nil {
			return fmt.Errorf("camera %s: %w", p.CameraID, err)
		}
	}
}

// handle takes one frame all the way.
func (p *Pipeline) handle(ctx context.Context, frame Frame) error {
	city := p.City()
	seen := p.judge(ctx, frame, city)
	city.Camera.View = city.Camera.Pose(seen.ViewID)
	o, err := p.observe(ctx, frame, city, seen)
	if err != nil {
		return err
	}
	if p.Record != nil {
		if err := p.Record(o); err != nil {
			p.log().Warn("observation was not recorded", "error", err)
		}
	}
	before := p.memory.State
	state, sightings, traces := Step(before, o, city)
	p.memory.State = state
	p.record(ctx, Recorded{Before: before, After: state, Observation: o, City: city, Looked: p.looked, Image: frame.Image})
	traces = append(traces, p.looked...)
	p.looked = nil
	p.traces.Store(&traces)
	p.dwelling.Store(&state.Occupancies)

	dead := p.picture(ctx, frame, o, city, sightings)
	dead = append(dead, p.route(sightings, city)...)
	sinceSave := state.At.Sub(p.saved)
	if moved(before, state) || len(sightings) > 0 || len(dead) > 0 || sinceSave >= time.Second || sinceSave < 0 {
		if err := p.save(ctx); err != nil {
			return err
		}
	}
	p.forget(ctx, dead)
	if err := p.publish(ctx); err != nil {
		return err
	}
	p.ask(ctx)
	p.snapshotChanges(ctx, o)
	return nil
}

// observe is what the frame shows. When some part of the pipeline fails, the observation says so and is unfit; the error
// is only that of ctx.
func (p *Pipeline) observe(ctx context.Context, frame Frame, city City, seen Judgement) (Observation, error) {
	p.Counters.Frames.Add(1)
	p.Counters.NewestFrameAt.Store(frame.At.UnixNano())
	o := Observation{
		CameraID: p.CameraID, ViewID: city.Camera.View.ID, Seq: frame.Seq, At: frame.At.UTC(),
		Model: p.Detector.Fingerprint(), Unfit: seen.Unfit, Quality: seen.Quality,
	}
	if o.Unfit == "" {
		found, err := p.detect(ctx, frame, city, seen.Sketch)
		if ctx.Err() != nil {
			return o, ctx.Err()
		}
		if err != nil {
			o.Unfit = UnfitDetector
			p.log().Error("frame could not be looked at", "error", err)
		}
		o.Objects = Place(rounded(found), city.Camera.View)
	}
	if o.Unfit != "" {
		p.Counters.Unfit.Add(1)
		p.still.forget()
	}
	if o.Unfit != p.unfit {
		p.log().Warn("fitness of the camera's frames changed", "unfit", o.Unfit, "quality", o.Quality)
		p.unfit = o.Unfit
	}
	return o, nil
}

// detect finds what is in the frame: the detector's boxes with their track ids, and the lasting changes.
func (p *Pipeline) detect(ctx context.Context, frame Frame, city City, sketch Sketch) ([]Detection, error) {
	boxes, err := p.boxes(ctx, frame, city, sketch)
	if err != nil {
		return nil, fmt.Errorf("detector: %w", err)
	}
	if p.Changes == nil {
		return boxes, nil
	}
	var movers []Box
	for _, b := range boxes {
		if b.Class == ClassPerson || b.Class == ClassVehicle {
			movers = append(movers, b.Box)
		}
	}
	changes, err := p.Changes.Find(frame.Image, frame.At.UnixNano(), movers)
	if err != nil {
		return boxes, fmt.Errorf("changes: %w", err)
	}
	return append(boxes, changes...), nil
}

// boxes are what the detector finds in the frame, or what it found when it last looked at this picture, tracked.
func (p *Pipeline) boxes(ctx context.Context, frame Frame, city City, sketch Sketch) ([]Detection, error) {
	model := p.Detector.Fingerprint()
	if len(p.memory.State.Occupancies) == 0 && p.still.holds(frame.At, sketch, model, p.LookAgain) {
		p.Counters.Spared.Add(1)
		return p.Tracker.Update(frame.At, p.still.answer), nil
	}
	start := time.Now()
	found, err := p.Detector.Detect(ctx, frame.Image)
	p.Counters.DetectNanos.Add(int64(time.Since(start)))
	if err != nil {
		return nil, err
	}
	tracked := p.Tracker.Update(frame.At, found)
	p.still.learn(frame.At, sketch, model, found, city.watched(tracked))
	return tracked, nil
}

// moved reports whether an occupancy came, went or changed its phase.
func moved(before, after State) bool {
	return !slices.EqualFunc(before.Occupancies, after.Occupancies, func(a, b Occupancy) bool {
		return a.ID == b.ID && a.Phase == b.Phase
	})
}

func (p *Pipeline) check() error {
	for _, part := range []struct {
		name    string
		missing bool
	}{
		{"CameraID", p.CameraID == ""}, {"Next", p.Next == nil}, {"Detector", p.Detector == nil}, {"Tracker", p.Tracker == nil},
		{"City", p.City == nil}, {"Draw", p.Draw == nil}, {"Blobs", p.Blobs == nil}, {"Sink", p.Sink == nil}, {"Store", p.Store == nil},
	} {
		if part.missing {
			return fmt.Errorf("pipeline of camera %q: %s is missing", p.CameraID, part.name)
		}
	}
	return nil
}

func (p *Pipeline) log() *slog.Logger {
	log := p.Log
	if log == nil {
		log = slog.Default()
	}
	return log.With("camera", p.CameraID)
}
