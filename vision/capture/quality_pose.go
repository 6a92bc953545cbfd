package capture

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"gridwatch/vision"
)

// poses knows the camera's views again by their reference pictures.
//
// Comparing corners takes longer than all other measures together, so it is done every few seconds, and at once when the
// picture as a whole has become another. In between the last answer holds.
type poses struct {
	known map[string]*reference // By view.
	tried map[string]time.Time  // References that could not be read, and when that was tried last.

	askedAt  time.Time
	asked    []byte // The picture as a whole, when it was asked.
	previous []byte // The same of the frame before.
	answer   posed

	last         string    // The view that was shown last, of several.
	steady       bool      // Nothing has changed the whole picture since then.
	unknownSince time.Time // Since when the one view has not been found although it should be.
	candidate    *candidate
}

// posed is what the last comparison came to.
type posed struct {
	pose  vision.Pose
	lies  alignment
	view  string
	unfit string
}

// reference is a view as it shall be.
type reference struct {
	sum      string // SHA-256 of its picture.
	light    float64
	infrared bool
	tiles    [tilesAcross * tilesDown]float64
	features *features
}

// candidate is a picture that becomes the reference of a new view when the camera still looks there after a while.
type candidate struct {
	*reference
	since time.Time
	looks float64
}

const (
	askAgain    = time.Second      // A picture that moved is compared again so soon.
	retryRead   = time.Minute      // A reference that could not be read is read again so soon.
	sameWhole   = 0.9              // Correlation from which on two pictures are the same as a whole.
	steadyWhole = 0.8              // The same for one frame and the next, between which things move.
	detail      = 6.0              // Grey levels; a tile of the reference with stronger edges has detail.
	bare        = 2.0              // Grey levels; a tile with weaker edges has lost it.
	fewestTiles = 24               // With detail, or nobody can say whether it is lost.
	otherLight  = 1.7              // The light is another when it is so many times as bright.
	nightLight  = 40.0             // Mean brightness below which no reference is learned.
	maxPicture  = 32 << 20         // Bytes of a reference picture.
	readAtMost  = 10 * time.Second // To read one.
)

// follow reads the references that the camera's views have now and that are not known yet.
func (s *poses) follow(g *Quality, camera vision.Camera) {
	if s.known == nil {
		s.known, s.tried = map[string]*reference{}, map[string]time.Time{}
	}
	for _, v := range camera.Poses() {
		have := s.known[v.ID]
		if v.Reference == "" || have != nil && have.sum == v.Reference || g.now.at.Sub(s.tried[v.Reference]).Abs() < retryRead {
			continue
		}
		read, err := g.read(v.Reference, camera)
		if err != nil {
			s.tried[v.Reference] = g.now.at
			g.log.Error("reference of a view could not be read", "camera", camera.ID, "view", v.ID, "error", err)
			continue
		}
		s.keep(v.ID, read)
	}
}

// keep makes r the view's reference. What was answered before does not hold any more.
func (s *poses) keep(viewID string, r *reference) {
	s.known[viewID].close()
	s.known[viewID] = r
	s.askedAt, s.unknownSince = time.Time{}, time.Time{}
	s.candidate.close()
	s.candidate = nil
}

// lost is the share of the reference's detail that the frame does not show. Where it is not known what to see, none is.
func (s *poses) lost(now *sight, camera vision.Camera) float64 {
	ref := s.known[camera.View.ID]
	if len(camera.Views) > 1 {
		ref = s.known[s.last]
	}
	if ref == nil {
		return 0
	}
	detailed, gone := 0, 0
	for i, strength := range ref.tiles {
		if strength < detail {
			continue
		}
		detailed++
		if now.tiles[i] < bare {
			gone++
		}
	}
	if detailed < fewestTiles {
		return 0
	}
	return float64(gone) / float64(detailed)
}

// judge says which view the frame shows, and whether that is where it should be.
func (s *poses) judge(g *Quality, f vision.Frame, city vision.City, seen *vision.Judgement) error {
	tiny, err := g.tiny.DataPtrUint8()
	if err != nil {
		return err
	}
	p := city.Rules.Quality
	if len(s.previous) > 0 && correlation(tiny, s.previous) < steadyWhole {
		s.steady = false
	}
	s.previous = append(s.previous[:0], tiny...)
	if s.candidate != nil {
		s.candidate.looks++
	}
	if s.due(f.At, tiny, p) {
		s.askedAt, s.asked = f.At, append(s.asked[:0], tiny...)
		if err := s.ask(g, f, city, seen); err != nil {
			return err
		}
	}
	a := s.answer
	seen.ViewID, seen.Unfit = a.view, a.unfit
	seen.Quality.Pose = a.pose
	if a.pose == vision.PoseAt || a.pose == vision.PoseMoved {
		seen.Quality.Shift, seen.Quality.TurnDeg, seen.Quality.Zoom = a.lies.shift, a.lies.turn, a.lies.zoom
	}
	return nil
}

func (s *poses) due(at time.Time, tiny []byte, p vision.QualityParams) bool {
	since := at.Sub(s.askedAt)
	return s.askedAt.IsZero() || since < 0 || since.Seconds() >= p.PoseEveryS ||
		s.answer.unfit != "" && since >= askAgain || correlation(tiny, s.asked) < sameWhole
}

// ask compares the frame with the references.
func (s *poses) ask(g *Quality, f vision.Frame, city vision.City, seen *vision.Judgement) error {
	visible, err := visibleParts(city.Camera, g.now.size)
	if err != nil {
		return err
	}
	defer visible.Close()
	now, err := newFeatures(g.grey, visible)
	if err != nil {
		return err
	}
	if len(city.Camera.Views) > 1 {
		defer now.Close()
		return s.askSeveral(now, city)
	}
	view := city.Camera.View.ID
	s.answer = posed{view: view}
	ref := s.known[view]
	if ref == nil {
		return s.learn(g, f, city, now, seen)
	}
	defer now.Close()
	lies, err := ref.features.on(now)
	if err != nil {
		return err
	}
	s.answer.lies, s.answer.pose = lies, lies.pose(city.Rules.Quality)
	if s.answer.pose != "" || !ref.comparable(now, seen.Quality) {
		s.unknownSince = time.Time{}
	} else if s.unknownSince.IsZero() {
		s.unknownSince = f.At
	} else if f.At.Sub(s.unknownSince).Seconds() >= city.Rules.Quality.LostS {
		s.answer.pose = vision.PoseLost
	}
	if s.answer.pose == vision.PoseMoved || s.answer.pose == vision.PoseLost {
		s.answer.unfit = vision.UnfitMoved
	}
	return nil
}

// askSeveral looks for the one of several views that the frame shows. Where none can be made out, as by night, it is still
// the last one while nothing has changed the whole picture.
func (s *poses) askSeveral(now *features, city vision.City) error {
	found := posed{unfit: vision.UnfitOffView}
	elsewhere := false
	for _, v := range s.nearestFirst(city.Camera) {
		ref := s.known[v.ID]
		if ref == nil {
			continue
		}
		lies, err := ref.features.on(now)
		if err != nil {
			return err
		}
		pose := lies.pose(city.Rules.Quality)
		if pose == vision.PoseAt {
			s.answer, s.last, s.steady = posed{pose: pose, lies: lies, view: v.ID}, v.ID, true
			return nil
		}
		elsewhere = elsewhere || pose == vision.PoseMoved
	}
	if s.steady && !elsewhere && s.known[s.last] != nil {
		found = posed{view: s.last}
	}
	s.answer = found
	return nil
}

// nearestFirst lists the camera's views with the last one first: mostly it is still the one.
func (s *poses) nearestFirst(camera vision.Camera) []vision.View {
	views := slices.Clone(camera.Views)
	slices.SortStableFunc(views, func(a, b vision.View) int {
		switch {
		case a.ID == s.last:
			return -1
		case b.ID == s.last:
			return 1
		}
		return 0
	})
	return views
}

// learn makes a picture of the camera's only view its reference, once the camera has looked there for a while. Of several
// views a person says which is which. It takes now over.
func (s *poses) learn(g *Quality, f vision.Frame, city vision.City, now *features, seen *vision.Judgement) error {
	q, p := seen.Quality, city.Rules.Quality
	this := &reference{light: q.Light, infrared: q.Infrared, tiles: g.now.tiles, features: now}
	begin := func() {
		s.candidate.close()
		s.candidate = &candidate{reference: this, since: f.At, looks: 1}
	}
	if q.Light < nightLight || q.Infrared && !p.Daylight(city.Camera.Position, f.At) {
		this.close()
		return nil
	}
	if s.candidate == nil {
		begin()
		return nil
	}
	lies, err := s.candidate.features.on(now)
	if err != nil || lies.pose(p) != vision.PoseAt {
		begin()
		return err
	}
	if s.candidate.looks < p.LearnLooks || f.At.Sub(s.candidate.since).Seconds() < p.LearnS {
		this.close()
		return nil
	}
	jpeg, err := g.Picture(f.Image)
	if err != nil {
		this.close()
		return err
	}
	this.sum = vision.Sum(jpeg)
	seen.Learned = &vision.Learned{ViewID: city.Camera.View.ID, JPEG: jpeg}
	s.keep(city.Camera.View.ID, this)
	return nil
}

// read makes a reference of the picture with that sum.
func (g *Quality) read(sum string, camera vision.Camera) (*reference, error) {
	ctx, cancel := context.WithTimeout(context.Background(), readAtMost)
	defer cancel()
	file, err := g.pictures.Open(ctx, sum)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxPicture))
	if err != nil {
		return nil, err
	}
	img, err := Decode(data)
	if err != nil {
		return nil, err
	}
	defer img.Close()
	return newReference(img, sum, camera)
}

func newReference(img vision.Image, sum string, camera vision.Camera) (*reference, error) {
	g := NewQuality(nil, nil)
	defer g.Close()
	if err := g.shrink(vision.Frame{Image: img}); err != nil {
		return nil, err
	}
	var q vision.Quality
	if err := g.measure(&q, vision.DefaultQualityParams()); err != nil {
		return nil, err
	}
	visible, err := visibleParts(camera, g.now.size)
	if err != nil {
		return nil, err
	}
	defer visible.Close()
	found, err := newFeatures(g.grey, visible)
	if err != nil {
		return nil, fmt.Errorf("reference: %w", err)
	}
	return &reference{sum: sum, light: q.Light, infrared: q.Infrared, tiles: g.now.tiles, features: found}, nil
}

// comparable reports whether a frame of the same scene ought to be known again: it has the same light, and corners
// enough.
func (r *reference) comparable(now *features, q vision.Quality) bool {
	return r.infrared == q.Infrared && max(r.light, q.Light) <= otherLight*min(r.light, q.Light) &&
		min(r.features.count(), now.count()) >= mostFeatures/3
}

func (r *reference) close() {
	if r != nil {
		r.features.Close()
	}
}

func (c *candidate) close() {
	if c != nil {
		c.reference.close()
	}
}

func (s *poses) close() {
	for _, r := range s.known {
		r.close()
	}
	s.candidate.close()
	*s = poses{}
}

// correlation compares two pictures of one size, from -1 to 1, whatever their brightness and contrast.
func correlation(a, b []byte) float64 {
	if len(a) != len(b) {
		return 0
	}
	var sumA, sumB, aa, bb, ab float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		sumA, sumB, aa, bb, ab = sumA+x, sumB+y, aa+x*x, bb+y*y, ab+x*y
	}
	n := float64(len(a))
	spread := math.Sqrt((aa - sumA*sumA/n) * (bb - sumB*sumB/n))
	if spread == 0 {
		return 1
	}
	return (ab - sumA*sumB/n) / spread
}
