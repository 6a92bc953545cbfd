package capture

import "math"

// Seconds of the debris scene. It begins and ends with the empty place.
const (
	barrowComes  = 11.5
	tippingLasts = 5.0
	clearerComes = 55.5
	loadingLasts = 4.0
)

// The heap lies on the grass beside the road; whoever tips it stands to its left. Pixels of the clip.
const (
	heapX, heapY     = 152.0, 356.0
	barrowX, barrowY = 104.0, 343.0
	tipperX, tipperY = 58.0, 331.0
)

var vest = dress{colour: [3]float64{14, 62, 138}, from: 0.5, to: 0.83}

// debrisPlay: somebody comes with a wheelbarrow, tips rubble on the grass in five goes and leaves. Later it is loaded
// again and taken away.
func debrisPlay(h *stagehand) play {
	place := onGround(heapX, heapY)
	full := newHeap(place, 1)
	tipper, clearer := h.visit(barrowComes, tippingLasts), h.visit(clearerComes, loadingLasts)
	return func(t float64) []prop {
		tipped, loaded := inGoes(tipper.done(t)), inGoes(clearer.done(t))
		var props []prop
		switch part := tipped - loaded; {
		case part == 1:
			props = append(props, full)
		case part > 0:
			props = append(props, newHeap(place, part))
		}
		props = append(props, tipper.props(t, 1-tipped, smooth(8*tipper.done(t))*smooth(12*(1-tipper.done(t))))...)
		return append(props, clearer.props(t, loaded, 0)...)
	}
}

// inGoes is work that is done a fifth at a time.
func inGoes(done float64) float64 {
	const goes = 5
	whole, part := math.Modf(done * goes)
	return (whole + smooth(2*part)) / goes
}

// visit is somebody who comes with a wheelbarrow from the left, works, and leaves.
type visit struct {
	comes, lasts float64
	in, out      walk
	stays        standing
	ahead        spot    // From the person to the barrow.
	heading      float64 // Of the barrow.
}

func (h *stagehand) visit(comes, lasts float64) visit {
	from, to := onGround(tipperX, tipperY), onGround(barrowX, barrowY)
	return visit{
		comes: comes, lasts: lasts,
		in:      h.walk("walks right", tipperX, tipperY, atEnd),
		out:     h.walk("walks left", tipperX, tipperY, atStart),
		stays:   h.stand("stands", tipperX, tipperY),
		ahead:   to.plus(from.times(-1)),
		heading: headingOf(from, to),
	}
}

// done is how much of the work is done, 0..1.
func (v visit) done(t float64) float64 {
	return min(max((t-v.comes-v.in.lasts())/v.lasts, 0), 1)
}

func (v visit) props(t, load, tip float64) []prop {
	t -= v.comes
	work := v.in.lasts()
	leave := work + v.lasts
	var p person
	ahead, heading := v.ahead, v.heading
	switch {
	case t < 0 || t > leave+v.out.lasts():
		return nil
	case t < work:
		p = v.in.at(t)
	case t < leave:
		p = v.stays.at(t - work)
		p.mirror = true
	default: // The barrow is turned and pushed ahead again.
		p = v.out.at(t - leave)
		turned := smooth((t - leave) / 0.8)
		heading += math.Pi * turned
		length := math.Hypot(ahead.x, ahead.y)
		ahead = spot{length * math.Cos(heading), length * math.Sin(heading), 0}
	}
	p.dress = &vest
	return []prop{p, newBarrow(onGround(p.x, p.y).plus(ahead), heading, load, tip)}
}
