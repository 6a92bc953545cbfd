package vision

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// fence is a fence with what the rules make of it in this view.
type fence struct {
	geo.Fence
	rule       Rule
	th         Thresholds
	overridden []string
	usable     bool // This view can tell what stands in it.
	elsewhere  bool // The rule is not for places of its class.
	bound      orb.Bound
}

// fencesInForce are the city's fences whose rule is known.
func (k *step) fencesInForce() []fence {
	var fences []fence
	for _, g := range k.city.Fences {
		rule, ok := k.city.Rules.Rule(g.Rule)
		if !ok {
			k.cannotUse(g, GateRule, "there is no such rule")
			continue
		}
		f := fence{Fence: g, rule: rule}
		var err error
		if f.th, f.overridden, err = rule.For(g); err != nil {
			k.cannotUse(g, GateThresholds, err.Error())
		}
		if len(f.Hours.Windows) == 0 {
			f.Hours = rule.Hours
		}
		f.elsewhere = rule.isElsewhere(k.placeClass(g))
		f.usable, f.bound = k.canJudge(f), g.Area.Bound()
		fences = append(fences, f)
	}
	return fences
}

// placeClass is that of the place which the fence lies in, or else of the camera's.
func (k *step) placeClass(g geo.Fence) string { return cmp.Or(g.PlaceClass, k.city.Camera.PlaceClass) }

// canJudge reports whether this view can tell what stands in a fence, and says why when it is not for another view to say.
func (k *step) canJudge(f fence) bool {
	switch {
	case f.elsewhere:
		k.cannotUse(f.Fence, GatePlace, fmt.Sprintf("the rule is for %v, the place is %q", f.rule.Places, k.placeClass(f.Fence)))
	case f.rule.Scene == SceneMoving && !slices.Contains(f.overridden, headingKey):
		// What is wrong with its thresholds was said.
	case f.OnFrame():
		return f.ViewID == k.o.ViewID
	case k.city.Camera.View.Ground == nil:
		k.cannotUse(f.Fence, GateGround, "a fence on the map needs a calibrated view")
	default:
		return true
	}
	return false
}

// besideM is how near a fence on the map must be to the camera to be worth a word.
const besideM = 100

// cannotUse tells what is wrong with a fence, if it is this camera's to tell.
func (k *step) cannotUse(g geo.Fence, gate Gate, note string) {
	at := k.city.Camera.Position
	if g.OnFrame() && g.ViewID != k.o.ViewID || !g.OnFrame() && !geo.ContainsHalfOpen(g.Area, at) && metresToEdge(g.Area, at) > besideM {
		return
	}
	k.stop(Trace{Gate: gate, FenceID: g.ID, Rule: g.Rule, Note: note})
}

func (k *step) fence(id string) (fence, bool) {
	i := slices.IndexFunc(k.fences, func(f fence) bool { return f.ID == id })
	if i < 0 {
		return fence{}, false
	}
	return k.fences[i], true
}

// contains reports whether a spot lies inside the fence: its foot on the frame, its position on the map.
func (f fence) contains(s Spot) bool {
	if f.OnFrame() {
		return geo.ContainsHalfOpen(f.Frame, s.Foot)
	}
	return s.Grounded && f.bound.Contains(s.Position) && geo.ContainsHalfOpen(f.Area, s.Position)
}

// leaves reports whether a spot that was inside is outside by so much that it is not the position's own error.
func (f fence) leaves(s Spot) bool {
	if f.contains(s) {
		return false
	}
	if f.OnFrame() {
		return edgeDistance(f.Frame, func(p orb.Point) orb.Point { return p }, s.Foot) > f.th.ExitFrame
	}
	return !s.Grounded || metresToEdge(f.Area, s.Position) > f.th.ExitM+f.th.ExitSigma*s.SigmaM
}

// metresToEdge is how far p lies from the polygon's edge.
func metresToEdge(poly orb.Polygon, p orb.Point) float64 {
	east := geo.DistanceM(p, orb.Point{p[0] + 1e-3, p[1]}) * 1e3
	north := geo.DistanceM(p, orb.Point{p[0], p[1] + 1e-3}) * 1e3
	local := func(q orb.Point) orb.Point { return orb.Point{(q[0] - p[0]) * east, (q[1] - p[1]) * north} }
	return edgeDistance(poly, local, orb.Point{})
}

// edgeDistance is how far p lies from the edge of a polygon, measured after flat has laid the polygon on p's plane.
func edgeDistance(poly orb.Polygon, flat func(orb.Point) orb.Point, p orb.Point) float64 {
	nearest := math.Inf(1)
	for _, ring := range poly {
		for i := range ring {
			a, b := flat(ring[i]), flat(ring[(i+1)%len(ring)]) // Open rings are closed, closed ones get an edge of no length.
			nearest = min(nearest, planar.DistanceFromSegment(a, b, p))
		}
	}
	return nearest
}

// applyEdits holds every occupancy against the city as it is now, and says of each what went out of its fence, came under a
// permit or lost one. What was removed or permitted ends at once: edits do not wait for a fit frame.
func (k *step) applyEdits() {
	k.keepOnly(func(occ *Occupancy) bool {
		f, ok := k.fence(occ.FenceID)
		if gate, reason := k.edited(occ, f, ok); reason != "" {
			k.stopped(occ, gate, 0, 0, reason)
			if f.rule.Key != occ.Rule {
				f = fence{}
			}
			if occ.Told != "" {
				k.tell(occ, f, Cleared, reason)
			}
			return false
		}
		k.applyPermits(occ, f)
		return true
	})
}

// applyPermits lifts an occupancy that was told of when it is legal now: should it stay when the permit ends, it is told of
// anew.
func (k *step) applyPermits(occ *Occupancy, f fence) {
	permit, word := k.permit(occ)
	if permit == nil {
		if occ.Permit != "" {
			occ.Permit = ""
			k.tracedAt(occ, Trace{Gate: GatePermit, Passed: true, Note: word})
		}
		return
	}
	if id := cmp.Or(permit.ID, permit.Name); occ.Permit != id {
		occ.Permit = id
		k.stopped(occ, GatePermit, 0, 0, word)
	}
	if occ.Told != "" {
		k.tell(occ, f, Cleared, "permit "+permit.Name)
		occ.Told, occ.Phase = "", PhaseDwelling
		occ.Round++
		occ.identify(k.city.Camera.ID)
	}
}

// edited says what edit of the city ends the occupancy, and at which gate; empty when none does.
func (k *step) edited(occ *Occupancy, f fence, inForce bool) (Gate, string) {
	switch {
	case !inForce && slices.ContainsFunc(k.city.Fences, func(g geo.Fence) bool { return g.ID == occ.FenceID }):
		return GateCity, "the fence's rule was removed"
	case !inForce:
		return GateCity, "the fence was removed"
	case f.rule.Key != occ.Rule:
		return GateCity, "the fence has another rule now"
	case f.elsewhere:
		return GateCity, "the rule is not for this class of place"
	case f.OnFrame() && f.ViewID != occ.ViewID:
		return GateCity, "the fence is on another view now"
	case !f.OnFrame() && !f.usable && occ.ViewID == k.o.ViewID: // Another pose may well be uncalibrated.
		return GateCity, "the view is not calibrated any more"
	case f.leaves(occ.Spot):
		return GateOutside, "the spot is outside the fence now"
	}
	return "", ""
}

const askedAtCamera = " (asked at the camera's position)"

// permit returns the permit that makes the occupancy legal now, if there is one, and what to say of permits in any case.
func (k *step) permit(occ *Occupancy) (*geo.Permit, string) {
	at, note := occ.Spot.Position, ""
	if !occ.Spot.Grounded {
		at, note = k.city.Camera.Position, askedAtCamera
	}
	word := "none here"
	for i := range k.city.Permits {
		p := &k.city.Permits[i]
		if !slices.Contains(p.Rules, occ.Rule) || !geo.ContainsHalfOpen(p.Area, at) {
			continue
		}
		if p.Open(k.o.At, k.city.Zone) {
			return p, p.Name + ": in force" + note
		}
		closed := "outside its hours"
		if k.o.At.Before(p.From) || !k.o.At.Before(p.Until) {
			closed = "outside its dates"
		}
		word = fmt.Sprintf("%s: %s", p.Name, closed)
	}
	return nil, word + note
}
