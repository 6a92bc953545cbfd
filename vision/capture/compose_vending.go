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
	customer := h.buy("woman walks left", customerX, customerY, 28, 38)
	return func(t float64) []prop {
		var props []prop
		seller := func(p person) person {
			p.dress = &sellerCoat
			return p
		}
		arrived, left := stallComes+in.lasts(), stallLeaves+out.lasts()
		switch {
		case t < stallComes || t >= left:
			return nil
		case t < arrived:
			p := seller(in.at(t - stallComes))
			props = append(props, p, beside(p))
		case t < stallLeaves:
			p := seller(stays.at(t - arrived))
			p.mirror = true
			props = append(props, p, still)
		default:
			p := seller(out.at(t - stallLeaves))
			props = append(props, p, beside(p))
		}
		return append(props, customer(t)...)
	}
}

// headingOf is the direction from a to b.
func headingOf(a, b spot) float64 { return math.Atan2(b.y-a.y, b.x-a.x) }
