package vision

import (
	"image"
	"slices"
	"time"

	"gridwatch/geo"
)

// Most pictures of most cameras show what the one before showed, and the detector is the dear part of a look. So its last
// answer holds where that cannot change what is told:
//
//   - no fence has anything open, so nothing is on its way to a decision and nothing waits to be seen gone;
//   - the picture is the one that was looked at, but for the noise that it has all over;
//   - the last looks, so many and for so long, found the same of what a rule is about: what it may tell of shows in min_share
//     of the looks at least, and does not hide from all of these;
//   - that picture was looked at a moment ago: nothing that the comparison cannot see stays unseen for longer.
//
// Gate, tracker, change finder and kernel go on with every frame.

const (
	agreeingLooks = 20
	agreeingFor   = 10 * time.Second
	longestPauseS = 60  // Looks that lie further apart do not agree: nobody knows what came and went.
	blockSide     = 8   // Pixels of a sketch: no person that the detector can find is smaller.
	noiseFactor   = 1.5 // A block that differs by so many times as much as the median block shows something new,
	noiseMargin   = 1.5 // and by so many grey levels more.
	noisiest      = 6.0 // Grey levels; when half of the picture differs by more, it is not noise.
)

// Sketch is a frame as a quality gate looks at it, small and grey.
type Sketch struct {
	Size image.Point
	Grey []byte // Rows top to bottom without padding.
}

// stillness remembers what the detector said, and of which picture.
type stillness struct {
	picture Sketch
	at      time.Time // When the picture was looked at.
	model   string
	answer  []Detection
	things  []int64   // The tracks of what matters of that answer, sorted.
	since   time.Time // Since when every look has found these things,
	looks   int       // and how many looks did.
}

// holds reports whether the answer still stands for a frame like this, that long after the look.
func (s *stillness) holds(at time.Time, picture Sketch, model string, longest time.Duration) bool {
	age := at.Sub(s.at)
	return s.looks >= agreeingLooks && s.at.Sub(s.since) >= agreeingFor && age >= 0 && age < longest && s.model == model && s.picture.shows(picture)
}

// learn takes the answer of a look, and the tracks of what matters of it.
func (s *stillness) learn(at time.Time, picture Sketch, model string, answer []Detection, things []int64) {
	if pause := at.Sub(s.at).Seconds(); s.looks == 0 || pause < 0 || pause > longestPauseS || model != s.model || !slices.Equal(things, s.things) {
		s.since, s.looks = at, 0
	}
	s.at, s.model, s.answer, s.things = at, model, answer, things
	s.looks++
	s.picture.Size, s.picture.Grey = picture.Size, append(s.picture.Grey[:0], picture.Grey...)
}

// watched are the tracks of what the rules of the city's fences are about, and of what may hide the ground, sorted. A cloth
// on the lawn is a bird to the detector now and then: that is nobody's business.
func (c City) watched(tracked []Detection) (ids []int64) {
	for _, d := range tracked {
		obj := Object{Class: d.Class, Label: d.Label}
		matters := d.Class == ClassPerson || d.Class == ClassVehicle || slices.ContainsFunc(c.Fences, func(f geo.Fence) bool {
			rule, _ := c.Rules.Rule(f.Rule)
			return rule.looksAt(obj)
		})
		if matters {
			ids = append(ids, d.Track)
		}
	}
	slices.Sort(ids)
	return ids
}

// forget lets the next frames be looked at anew.
func (s *stillness) forget() { s.looks = 0 }

// shows reports whether the other picture shows the same. Noise is what differs in the median block, so half of the picture
// has to be still.
func (s Sketch) shows(other Sketch) bool {
	across, down := s.Size.X/blockSide, s.Size.Y/blockSide
	if s.Size != other.Size || across == 0 || down == 0 || len(s.Grey) != len(other.Grey) || len(s.Grey) != s.Size.X*s.Size.Y {
		return false
	}
	blocks := make([]int, across*down)
	for y := range down * blockSide {
		a, b := s.Grey[y*s.Size.X:][:s.Size.X], other.Grey[y*s.Size.X:][:s.Size.X]
		row := blocks[y/blockSide*across:][:across]
		for x := range row {
			row[x] += difference(a[x*blockSide:][:blockSide], b[x*blockSide:][:blockSide])
		}
	}
	slices.Sort(blocks)
	const pixels = blockSide * blockSide
	noise, most := float64(blocks[len(blocks)/2])/pixels, float64(blocks[len(blocks)-1])/pixels
	return noise <= noisiest && most <= noiseFactor*noise+noiseMargin
}

// difference is the sum of what the pixels differ by.
func difference(a, b []byte) (sum int) {
	b = b[:len(a)]
	for i, v := range a {
		d := int(v) - int(b[i])
		sum += max(d, -d)
	}
	return sum
}
