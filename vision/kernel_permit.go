package vision

import (
	"fmt"
	"math"
	"slices"

	"gridwatch/geo"
)

// licence answers for rules of licensed stalls: whether somebody who holds a permit may be the one at the spot, and what to
// say of it. It is so within permit_m of an area whose permit names the rule and runs today, whatever its hours. A rule
// that is not of licensed stalls is for everybody, and nothing is said.
func (k *step) licence(occ *Occupancy, f fence) (holds bool, word string) {
	if !f.rule.Licensed {
		return true, ""
	}
	at, note := occ.Spot.Position, ""
	if !occ.Spot.Grounded {
		at, note = k.city.Camera.Position, askedAtCamera
	}
	nearest := math.Inf(1)
	for _, p := range k.city.Permits {
		if !slices.Contains(p.Rules, occ.Rule) || k.o.At.Before(p.From) || !k.o.At.Before(p.Until) {
			continue
		}
		metres := 0.0
		if !geo.ContainsHalfOpen(p.Area, at) {
			metres = metresToEdge(p.Area, at)
		}
		if metres >= nearest {
			continue
		}
		nearest = metres
		if word = fmt.Sprintf("%s: outside its hours", p.Name); metres > 0 {
			word = fmt.Sprintf("%s: %.0f m outside its area", p.Name, metres)
		}
	}
	if nearest > f.th.PermitM {
		return false, fmt.Sprintf("no permit within %.0f m: not a licensed stall", f.th.PermitM) + note
	}
	return true, word + note
}
