package capture

import "math"

// Seconds of the vending scene. It begins and ends with the empty place.
const (
	stallComes  = 12.0
	stallLeaves = 64.0
)

// The seller stands at the left end of the stall, both at the edge of the pavement; pixels of the clip.
const (
	sellerX, sellerY     = 556.0, 424.0
	stallX, stallY       = 643.0, 446.0
	customerX, customerY = 722.0, 458.0
)

var sellerCoat = dress{colour: [3]float64{46, 34, 12}, from: 0.42, to: 0.86}

// vendingPlay: a seller pulls a handcart in, sells until somebody wants the place back, and pushes it away again.
// A woman buys something; others walk past, one real man stops.
func vendingPlay(h *stagehand) play {
	seller := h.seller(stallComes, stallLeaves)
	customer := h.buy("woman walks left", customerX, customerY, 28, 38)
	return func(t float64) []prop {
		if props := seller(t); len(props) > 0 {
			return append(props, customer(t)...)
		}
		return nil
	}
}

// seller pulls the handcart in from one second on, and pushes it away from another.
func (h *stagehand) seller(comes, leaves float64) play {
	in := h.walk("walks left", sellerX, sellerY, atEnd)
	out := h.walk("walks right", sellerX, sellerY, atStart)
	stays := h.stand("stands", sellerX, sellerY)
	standing := onGround(stallX, stallY)
	besideX, besideY := onGround(sellerX, sellerY).x, onGround(sellerX, sellerY).y
	heading := headingOf(standing, onGround(sellerX, sellerY))
	still := newStall(standing, heading)
	beside := func(p person) *stall { // The stall moves with the seller.
		at := onGround(p.x, p.y)
		return newStall(spot{standing.x + at.x - besideX, standing.y + at.y - besideY, 0}, heading)
	}
	arrived, left := comes+in.lasts(), leaves+out.lasts()
	return func(t float64) []prop {
		if t < comes || t >= left {
			return nil
		}
		var p person
		cart := still
		switch {
		case t < arrived:
			p = in.at(t - comes)
			cart = beside(p)
		case t < leaves:
			p = stays.at(t - arrived)
			p.mirror = true
		default:
			p = out.at(t - leaves)
			cart = beside(p)
		}
		p.dress = &sellerCoat
		return []prop{p, cart}
	}
}

// headingOf is the direction from a to b.
func headingOf(a, b spot) float64 { return math.Atan2(b.y-a.y, b.x-a.x) }
