package web

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/replay"

	"github.com/danielgtaylor/huma/v2"
)

type traceQuery struct {
	ID    string    `path:"id" maxLength:"200" example:"cam-1"`
	From  time.Time `query:"from" doc:"A minute before until, where it is left out."`
	Until time.Time `query:"until" doc:"Now, where it is left out. At most ten minutes after from."`
}

const (
	shortTrace   = time.Minute
	longestTrace = 10 * time.Minute
)

type traceAnswer struct{ Body traceView }

type traceView struct {
	Camera namedView       `json:"camera"`
	From   time.Time       `json:"from"`
	Until  time.Time       `json:"until"`
	Frames int             `json:"frames" example:"120" doc:"That were recorded in this time."`
	Unfit  []unfitView     `json:"unfit" nullable:"false" doc:"When no frame might speak, and why."`
	Items  []traceItemView `json:"items" nullable:"false" doc:"By their beginning. What a gate said of one candidate frame after frame is one item."`
	Next   *time.Time      `json:"next" doc:"Where to go on from when there was too much to tell, or null."`
}

type unfitView struct {
	Reason string    `json:"reason" example:"dark"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"`
	Frames int       `json:"frames" example:"14"`
}

type traceItemView struct {
	From      time.Time  `json:"from"`
	Until     time.Time  `json:"until"`
	Frames    int        `json:"frames" example:"73"`
	Gate      string     `json:"gate" example:"dwell"`
	Passed    bool       `json:"passed" doc:"False: it was stopped there."`
	Fence     *namedView `json:"fence"`
	Rule      string     `json:"rule" example:"fire_lane"`
	Occupancy string     `json:"occupancy" doc:"Empty for what never became one; of a duplicate, the one that it repeats."`
	Class     string     `json:"class" example:"vehicle"`
	Track     int64      `json:"track" example:"17"`
	Score     float64    `json:"score" example:"0.71"`
	Box       *boxView   `json:"box" doc:"In shares of the frame, from its top left corner."`
	SizePX    []int      `json:"size_px" doc:"Width and height in pixels, or null."`
	SizeM     *float64   `json:"size_m" doc:"Length of its lower edge on the ground, metres."`
	Inside    *bool      `json:"inside" doc:"Of its fence, or null where nobody asked."`
	DwellS    float64    `json:"dwell_s" example:"43.5" doc:"Of an occupancy, so far."`
	Permit    string     `json:"permit" doc:"The permit that was checked, or that there is none; empty while it does not dwell."`
	Hours     string     `json:"hours" doc:"The window of its fence that is open; empty while it does not dwell."`
	Value     *float64   `json:"value" example:"43.5" doc:"What the gate measured; of mute for review only, how many of the last verdicts were true…"`
	Limit     *float64   `json:"limit" example:"50" doc:"… and against what, or of how many."`
	Unit      string     `json:"unit" example:"s"`
	Note      string     `json:"note" doc:"Of mute the reason: review_only, acknowledged, arrived or handled."`
}

type boxView struct {
	X float64 `json:"x" example:"0.41"`
	Y float64 `json:"y" example:"0.3"`
	W float64 `json:"w" example:"0.1"`
	H float64 `json:"h" example:"0.12"`
}

// TransformSchema says which objects may be null.
func (traceItemView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "fence", "box")
}

// trace says what the kernel made of a camera's frames for a while: the answer to "why not". The recordings are taken
// through the kernel again, so it is what happened.
func (s *Server) trace(ctx context.Context, q *traceQuery) (*traceAnswer, error) {
	from, until := q.From, orNow(q.Until)
	if from.IsZero() {
		from = until.Add(-shortTrace)
	}
	if !until.After(from) || until.Sub(from) > longestTrace {
		return nil, geo.Invalid("query.until", "must be after from, by at most %.0f minutes", longestTrace.Minutes())
	}
	camera, err := s.cameraInScope(ctx, q.ID)
	if err != nil {
		return nil, err
	}
	names, err := s.fenceNames(ctx)
	if err != nil {
		return nil, err
	}
	told, err := s.recordings.Explain(ctx, camera.ID, from, until)
	if err != nil {
		return nil, err
	}
	if told.Reasons, err = s.withMutes(ctx, camera.ID, told.Reasons); err != nil {
		return nil, err
	}
	view := traceView{
		Camera: namedView{ID: camera.ID, Name: camera.Name}, From: from.UTC(), Until: until.UTC(), Frames: told.Frames,
		Unfit: []unfitView{}, Items: []traceItemView{}, Next: orNull(told.Next),
	}
	for _, u := range told.Unfit {
		view.Unfit = append(view.Unfit, unfitView{Reason: u.Reason, From: u.From.UTC(), Until: u.Until.UTC(), Frames: u.Frames})
	}
	for _, r := range told.Reasons {
		view.Items = append(view.Items, traceItemOf(r, names))
	}
	return &traceAnswer{view}, nil
}

// withMutes adds to each occupancy why people are not told of it (any more), since when in this time. The kernel knows
// nothing of people.
func (s *Server) withMutes(ctx context.Context, cameraID string, reasons []replay.Reason) ([]replay.Reason, error) {
	first, last := map[string]time.Time{}, map[string]replay.Reason{}
	ruleOf := map[string]string{}
	for _, r := range reasons {
		if r.Occupancy == "" || r.Gate == vision.GateDuplicate {
			continue
		}
		if known, ok := last[r.Occupancy]; !ok || r.Until.After(known.Until) {
			last[r.Occupancy] = r
		}
		if from, ok := first[r.Occupancy]; !ok || r.From.Before(from) {
			first[r.Occupancy] = r.From
		}
		ruleOf[r.Occupancy] = r.Rule
	}
	mutes, err := s.alerts.Mutes(ctx, cameraID, ruleOf)
	if err != nil {
		return nil, err
	}
	for _, occupancy := range slices.Sorted(maps.Keys(mutes)) {
		for _, m := range mutes[occupancy] {
			r := last[occupancy]
			if m.Since.After(r.Until) {
				continue // It was quiet only later.
			}
			r.From = first[occupancy]
			if m.Since.After(r.From) {
				r.From = m.Since
			}
			r.Gate, r.Passed, r.Note = vision.GateMute, false, string(m.Reason)
			r.Value, r.Limit, r.Unit = float64(m.Right), float64(m.Right+m.Wrong), ""
			if m.Right+m.Wrong > 0 {
				r.Unit = "verdicts"
			}
			reasons = append(reasons, r)
		}
	}
	slices.SortStableFunc(reasons, func(a, b replay.Reason) int { return a.From.Compare(b.From) })
	return reasons, nil
}

// fenceNames are the names of all fences by id.
func (s *Server) fenceNames(ctx context.Context) (map[string]string, error) {
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(fences))
	for _, f := range fences {
		names[f.ID] = f.Name
	}
	return names, nil
}

// named is what an id is called; one that is not there any more is called by its id.
func named(id string, names map[string]string) namedView {
	if name, ok := names[id]; ok {
		return namedView{ID: id, Name: name}
	}
	return namedView{ID: id, Name: id}
}

func traceItemOf(r replay.Reason, fences map[string]string) traceItemView {
	item := traceItemView{
		From: r.From.UTC(), Until: r.Until.UTC(), Frames: r.Frames, Gate: string(r.Gate), Passed: r.Passed, Rule: r.Rule,
		Occupancy: r.Occupancy, Class: r.Class, Track: r.Track, Score: r.Score, DwellS: r.DwellS, Permit: r.Permit, Hours: r.Hours,
		Unit: r.Unit, Note: r.Note,
	}
	if r.FenceID != "" {
		item.Fence = ptr(named(r.FenceID, fences))
	}
	if r.Box != (vision.Box{}) {
		item.Box = ptr(boxView(r.Box))
		if r.Frame.X > 0 {
			item.SizePX = []int{pixels(r.Box.W, r.Frame.X), pixels(r.Box.H, r.Frame.Y)}
		}
	}
	if r.WidthM > 0 {
		item.SizeM = &r.WidthM
	}
	if r.Where != "" {
		item.Inside = ptr(r.Where == vision.Inside)
	}
	if r.Value != 0 || r.Limit != 0 {
		item.Value, item.Limit = &r.Value, &r.Limit
	}
	return item
}

func pixels(share float64, of int) int { return int(math.Round(share * float64(of))) }
