package eval

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"

	"github.com/paulmach/orb"
)

//go:embed labels/*.json
var shipped embed.FS

// Labels say what one scene shows and what the rules should make of it, under each of its conditions.
type Labels struct {
	Name       string
	About      string
	File       string // A recording beside the labels; empty for a scene that is made from the real clip.
	Scene      string // One of capture.Scenes.
	Composed   bool   // Something was added to what the camera saw.
	Seconds    float64
	Conditions []string // "day" and those of capture.Conditions, alone or joined by "+".
	Pairs      []geo.Pair
	Fences     []geo.Fence
	Permits    []geo.Permit
	Events     []Event
}

// Event is one label: what should come of one fence, from when to when, and where.
type Event struct {
	Fence, Rule string
	From, Until float64 // Seconds of the clip; Until is +Inf for what is still there at the end.
	Box         vision.Box
	Raised      bool    // Else nothing may be raised here.
	RaiseAt     float64 // When it should be raised; NaN takes From and the fence's raise_s.
}

// labelsFile is labels as people write them. Numbers that must not be missing are pointers.
type labelsFile struct {
	About      string          `json:"about"`
	File       string          `json:"file"`
	Scene      string          `json:"scene"`
	Composed   *bool           `json:"composed"`
	Seconds    float64         `json:"seconds"`
	Conditions []string        `json:"conditions"`
	Pairs      json.RawMessage `json:"pairs"`
	Fences     json.RawMessage `json:"fences"`
	Permits    []permitFile    `json:"permits"`
	Labels     []eventFile     `json:"labels"`
}

type permitFile struct {
	Name    string      `json:"name"`
	Rules   []string    `json:"rules"`
	Polygon [][]float64 `json:"polygon"`
}

type eventFile struct {
	Fence   string    `json:"fence"`
	Rule    string    `json:"rule"`
	From    *float64  `json:"from"`
	Until   *float64  `json:"until"`
	Box     []float64 `json:"box"`
	Expect  string    `json:"expect"`
	RaiseAt *float64  `json:"raise_at"`
}

// Shipped are the labels beside this code, in the order of their names.
func Shipped() ([]Labels, error) { return readLabels(shipped, "labels") }

// readLabels reads every labels file of a folder.
func readLabels(files fs.FS, folder string) ([]Labels, error) {
	names, err := fs.Glob(files, path.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []Labels
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		l, err := DecodeLabels(strings.TrimSuffix(path.Base(name), ".json"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// DecodeLabels reads one labels file. An *geo.InvalidError names the field and the rule that it breaks.
func DecodeLabels(name string, text []byte) (Labels, error) {
	var file labelsFile
	if err := strict(text, &file); err != nil {
		return Labels{}, err
	}
	l := Labels{Name: name, About: file.About, File: file.File, Scene: file.Scene, Seconds: file.Seconds, Conditions: file.Conditions}
	if err := l.source(file.Composed); err != nil {
		return Labels{}, err
	}
	fences, err := json.Marshal(map[string]json.RawMessage{"fences": orNull(file.Fences)})
	if err != nil {
		return Labels{}, err
	}
	if l.Fences, err = DecodeFences(fences); err != nil {
		return Labels{}, err
	}
	if err := l.ground(file); err != nil {
		return Labels{}, err
	}
	for i, f := range file.Labels {
		e, err := f.event(l)
		if err != nil {
			return Labels{}, fmt.Errorf("labels[%d].%w", i, err)
		}
		l.Events = append(l.Events, e)
	}
	for _, f := range l.Fences {
		if !slices.ContainsFunc(l.Events, func(e Event) bool { return e.Fence == f.Name }) {
			return Labels{}, geo.Invalid("labels", "say nothing of fence %q", f.Name)
		}
	}
	return l, nil
}

func orNull(text json.RawMessage) json.RawMessage {
	if len(text) == 0 {
		return json.RawMessage("null")
	}
	return text
}

// source checks where the pictures come from.
func (l *Labels) source(composed *bool) error {
	switch {
	case (l.File == "") == (l.Scene == ""):
		return geo.Invalid("scene", "labels name either a file or a scene")
	case l.Scene != "" && !slices.Contains(capture.Scenes(), l.Scene):
		return geo.Invalid("scene", "must be one of %v (got %q)", capture.Scenes(), l.Scene)
	case l.File != "" && (l.File != path.Base(l.File) || l.File == "." || l.File == ".."):
		return geo.Invalid("file", "must be a name beside the labels (got %q)", l.File)
	case composed == nil:
		return geo.Invalid("composed", "is missing")
	case !(l.Seconds > 0 && l.Seconds <= 3600):
		return geo.Invalid("seconds", "must be more than 0 and at most 3600 (got %v)", l.Seconds)
	case len(l.Conditions) == 0:
		return geo.Invalid("conditions", `are missing: "day" is the plain one`)
	}
	l.Composed = *composed
	for i, c := range l.Conditions {
		field := fmt.Sprintf("conditions[%d]", i)
		if l.File != "" && c != Day {
			return geo.Invalid(field, "a recording is only shown as it is: %q", Day)
		}
		if slices.Index(l.Conditions, c) < i {
			return geo.Invalid(field, "%q stands there twice", c)
		}
		if _, err := conditions(c); err != nil {
			return geo.Invalid(field, "%v", err)
		}
	}
	return nil
}

// Day is the condition in which nothing is done to the picture.
const Day = "day"

// conditions splits joined conditions.
func conditions(joined string) ([]string, error) {
	if joined == Day {
		return nil, nil
	}
	parts := strings.Split(joined, "+")
	for _, c := range parts {
		if !slices.Contains(capture.Conditions(), c) {
			return nil, fmt.Errorf("must be %q or one of %v (got %q)", Day, capture.Conditions(), c)
		}
	}
	return parts, nil
}

// ground lays fences and permits on the map where the labels bring pairs.
func (l *Labels) ground(file labelsFile) error {
	if len(file.Pairs) == 0 {
		if len(file.Permits) > 0 {
			return geo.Invalid("permits", "need pairs: a permit is on the map")
		}
		return nil
	}
	pairs, err := json.Marshal(map[string]json.RawMessage{"pairs": file.Pairs})
	if err != nil {
		return err
	}
	if l.Pairs, err = DecodePairs(pairs); err != nil {
		return err
	}
	ground, err := geo.SolveGround(l.Pairs)
	if err != nil {
		return err
	}
	for i := range l.Fences {
		f := &l.Fences[i]
		if f.Area, err = onMap(ground, f.Frame); err != nil {
			return fmt.Errorf("fences[%d].%w", i, err)
		}
		f.Frame, f.ViewID = nil, ""
		if err := f.Validate(); err != nil {
			return fmt.Errorf("fences[%d].%w", i, err)
		}
	}
	for i, p := range file.Permits {
		permit, err := p.permit(ground)
		if err != nil {
			return fmt.Errorf("permits[%d].%w", i, err)
		}
		l.Permits = append(l.Permits, permit)
	}
	return nil
}

func (p permitFile) permit(ground *geo.Ground) (geo.Permit, error) {
	fence, err := fenceFile{Name: p.Name, Rule: "permit", Polygon: p.Polygon}.fence()
	if err != nil {
		return geo.Permit{}, err
	}
	permit := geo.Permit{ID: p.Name, Name: p.Name, Holder: p.Name, Rules: p.Rules, From: clipStart, Until: clipStart.AddDate(1, 0, 0)}
	if permit.Area, err = onMap(ground, fence.Frame); err != nil {
		return geo.Permit{}, err
	}
	return permit, permit.Validate()
}

// clipStart is when every clip begins.
var clipStart = time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)

// onMap is a polygon of the frame on the ground.
func onMap(ground *geo.Ground, frame orb.Polygon) (orb.Polygon, error) {
	var ring orb.Ring
	for i, corner := range frame[0] {
		at, _, ok := ground.At(corner)
		if !ok {
			return nil, geo.Invalid(fmt.Sprintf("polygon[%d]", i), "lies above the horizon")
		}
		ring = append(ring, at)
	}
	return orb.Polygon{ring}, nil
}

func (f eventFile) event(l Labels) (Event, error) {
	e := Event{Fence: f.Fence, Rule: f.Rule, Until: math.Inf(1), Raised: f.Expect == "raised", RaiseAt: math.NaN()}
	fence := slices.IndexFunc(l.Fences, func(known geo.Fence) bool { return known.Name == f.Fence })
	switch {
	case fence < 0:
		return e, geo.Invalid("fence", "there is no fence %q", f.Fence)
	case l.Fences[fence].Rule != f.Rule:
		return e, geo.Invalid("rule", "fence %q has the rule %q (got %q)", f.Fence, l.Fences[fence].Rule, f.Rule)
	case f.Expect != "raised" && f.Expect != "nothing":
		return e, geo.Invalid("expect", `must be "raised" or "nothing" (got %q)`, f.Expect)
	case f.From == nil:
		return e, geo.Invalid("from", "is missing")
	case !(*f.From >= 0 && *f.From < l.Seconds):
		return e, geo.Invalid("from", "must lie in the clip's %v seconds (got %v)", l.Seconds, *f.From)
	case f.Until != nil && !(*f.Until > *f.From && *f.Until <= l.Seconds):
		return e, geo.Invalid("until", "must lie behind from and in the clip's %v seconds (got %v)", l.Seconds, *f.Until)
	case f.RaiseAt != nil && !(*f.RaiseAt >= *f.From && *f.RaiseAt <= l.Seconds):
		return e, geo.Invalid("raise_at", "must lie behind from and in the clip's %v seconds (got %v)", l.Seconds, *f.RaiseAt)
	case len(f.Box) != 4:
		return e, geo.Invalid("box", "must be x, y, width and height (got %d numbers)", len(f.Box))
	}
	e.From = *f.From
	if f.Until != nil {
		e.Until = *f.Until
	}
	if f.RaiseAt != nil {
		e.RaiseAt = *f.RaiseAt
	}
	e.Box = vision.Box{X: f.Box[0], Y: f.Box[1], W: f.Box[2], H: f.Box[3]}
	if b := e.Box; !(b.W > 0 && b.H > 0 && b.X >= 0 && b.Y >= 0 && b.X+b.W <= 1.000001 && b.Y+b.H <= 1.000001) {
		return e, geo.Invalid("box", "must have a size and lie in the frame, 0 to 1 (got %v)", f.Box)
	}
	return e, nil
}

// city is what the kernel knows while it looks at the clip.
func (l Labels) city(rules vision.Rules) (vision.City, error) {
	view := vision.View{ID: ViewID, Pairs: l.Pairs}
	city := vision.City{
		Camera: vision.Camera{ID: l.Name, Name: l.Name, Composed: l.Composed, View: view},
		Rules:  rules, Fences: l.Fences, Permits: l.Permits,
	}
	if len(l.Pairs) > 0 {
		ground, err := geo.SolveGround(l.Pairs)
		if err != nil {
			return city, err
		}
		city.Camera.View.Ground, city.Camera.Position = ground, l.Pairs[0].LonLat
	}
	for i, f := range l.Fences {
		if err := rules.CheckFence(f); err != nil {
			return city, fmt.Errorf("fences[%d].%w", i, err)
		}
	}
	return city, nil
}

// isShort reports whether a fence replaces a threshold of its rule, as short scenes need.
func (l Labels) isShort(fence string) bool {
	return slices.ContainsFunc(l.Fences, func(f geo.Fence) bool { return f.Name == fence && len(f.Thresholds) > 0 })
}
