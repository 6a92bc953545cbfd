package vision

import (
	"slices"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// reachM is how far from a camera a fence or permit on the map may lie and still concern it, metres.
const reachM = 500

// Fences are those of all that concern the camera: those on the frame of one of its views, and those on the map within
// its reach.
func (c Camera) Fences(all []geo.Fence) (near []geo.Fence) {
	for _, f := range all {
		own := slices.ContainsFunc(c.Poses(), func(v View) bool { return v.ID == f.ViewID })
		if own && f.OnFrame() || !f.OnFrame() && isNear(f.Area, c.Position) {
			near = append(near, f)
		}
	}
	return near
}

// Permits are those of all that lie within the camera's reach.
func (c Camera) Permits(all []geo.Permit) (near []geo.Permit) {
	for _, p := range all {
		if isNear(p.Area, c.Position) {
			near = append(near, p)
		}
	}
	return near
}

// isNear reports whether the polygon's bound comes within reach of p.
func isNear(area orb.Polygon, p orb.Point) bool {
	if len(area) == 0 {
		return false
	}
	b := area.Bound()
	nearest := orb.Point{min(max(p[0], b.Min[0]), b.Max[0]), min(max(p[1], b.Min[1]), b.Max[1])}
	return geo.DistanceM(nearest, p) <= reachM
}
