package geo

import (
	"errors"

	"gridwatch/geo/coverage"
)

// CheckGrids lists what is wrong with the borders of a net's grids: errors before warnings, corners that just miss a
// neighbour's border last. Between the corridors of a road net lies the rest of the city, which is no gap.
func CheckGrids(net Net, grids []Grid, toleranceM float64) []Problem {
	cover, err := coverage.New(shapesOf(grids))
	var refused *coverage.Refusal
	if errors.As(err, &refused) {
		at := refused.At.Orb()
		return []Problem{{Rule: refused.Rule, Text: refused.Text, At: &at, Codes: refused.Codes}}
	}
	var problems []Problem
	for _, p := range cover.Problems(coverage.Options{}) {
		if net == Road && (p.Rule == coverage.Gap || p.Rule == coverage.Sliver && !p.Warning) {
			continue
		}
		at := p.At.Orb()
		problems = append(problems, Problem{Rule: p.Rule, Text: p.Text, At: &at, Codes: p.Codes, Warning: p.Warning})
	}
	for _, m := range FindMends(net, grids, toleranceM) {
		if m.Kind == MendNearMiss {
			problems = append(problems, Problem{Rule: string(m.Kind), At: &m.At, Codes: m.Codes, Warning: true,
				Text: "a corner just misses the border of a neighbour"})
		}
	}
	return problems
}
