package geo

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"
)

// largestStallM2 is more than any stall has: beyond it somebody gave the size of the whole market.
const largestStallM2 = 1000

// Permit is a polygon and hours in which the same scene is legal (临时摊位、疏导点).
type Permit struct {
	ID      string
	Name    string
	Holder  string
	Rules   []string // Rule keys it lifts; "vending" for a licensed stall.
	Area    orb.Polygon
	Hours   Hours
	From    time.Time
	Until   time.Time // Exclusive.
	StallM2 float64   // How large each stall may be, in square metres; 0 where the permit does not say.
}

// Open reports whether the permit holds at t: inside its dates and its hours.
func (p Permit) Open(t time.Time, loc *time.Location) bool {
	return !t.Before(p.From) && t.Before(p.Until) && p.Hours.Open(t, loc)
}

// Validate returns the first rule that the permit breaks.
func (p Permit) Validate() error {
	for _, must := range []struct{ field, text string }{{"id", p.ID}, {"name", p.Name}, {"holder", p.Holder}} {
		if must.text == "" {
			return Invalid(must.field, "is missing")
		}
		if err := validText(must.field, must.text); err != nil {
			return err
		}
	}
	if len(p.Rules) == 0 {
		return Invalid("rules", "a permit lifts at least one rule")
	}
	for i, rule := range p.Rules {
		if rule == "" {
			return Invalid(fmt.Sprintf("rules[%d]", i), "is empty")
		}
	}
	if p.From.IsZero() || !p.Until.After(p.From) {
		return Invalid("until", "must be after from")
	}
	if !(p.StallM2 >= 0 && p.StallM2 <= largestStallM2) { // True for NaN.
		return Invalid("stall_m2", "must be more than 0 and at most %d square metres, not %v", largestStallM2, p.StallM2)
	}
	if err := validBoundary("area", orb.MultiPolygon{p.Area}); err != nil {
		return err
	}
	return p.Hours.Validate()
}
