package vision

import "testing"

// drives lets a car go at 6 m/s from one distance to another and stay there.
func drives(track int64, from, to float64) func(t float64) []Detection {
	return func(t float64) []Detection {
		way := 6 * t
		if to < from {
			return []Detection{car(track, 0, max(from-way, to))}
		}
		return []Detection{car(track, 0, min(from+way, to))}
	}
}

func TestStep_ComingAndLeaving(t *testing.T) {
	first, second := car(1, 0, 18), car(2, 0, 18)
	testLives(t, []life{
		{
			name: "a queue at a light is many short stays",
			city: fireLane,
			acts: []act{
				show(30, first), move(4, drives(1, 18, 44)), show(6),
				move(4, drives(2, 6, 18)), show(26, second), move(4, drives(2, 18, 44)), show(6),
				move(4, drives(3, 6, 18)), show(26, car(3, 0, 18)), move(4, drives(3, 18, 44)), show(60),
			},
			gate: GateGap,
		},
		{
			name: "a car that came after another is raised after its own time",
			city: fireLane,
			acts: []act{show(30, first), show(6), move(4, drives(2, 6, 18)), show(70, second)},
			want: []string{"88 fire_lane raised"},
		},
		{
			name: "an id that a passing car takes along does not end the stay",
			city: fireLane,
			acts: []act{show(30, first), move(4, func(t float64) []Detection {
				return append(drives(1, 18, 44)(t), second)
			}), show(20, second)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a car that is not found for a while is the same, whatever its id",
			city: fireLane,
			acts: []act{show(30, first), show(10), show(20, second)},
			want: []string{"50 fire_lane raised"},
		},
		{
			name: "a raised place is the same matter when another car takes it within the grace",
			city: fireLane,
			acts: []act{show(60, first), move(4, drives(1, 18, 44)), show(10), move(4, drives(2, 6, 18)), show(60, second)},
			want: []string{"50 fire_lane raised"},
		},
	})
}
