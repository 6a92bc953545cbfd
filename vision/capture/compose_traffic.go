package capture

// Where vehicles come from and go to, in pixels of the ground of the clip: in from below, away up the road.
var (
	fromBelow = [2]float64{800, 640}
	upTheRoad = [2]float64{720, 108}
)

// stop is a vehicle that comes, stands at a pixel of the ground from second to second, and drives on.
func stop(body vehicleBody, size float64, paint paintJob, x, y, from, until float64) drive {
	const takes = 4.0
	return drive{body: body, size: size, paint: paint, way: []waypoint{
		{from - takes, fromBelow[0], fromBelow[1]}, {from, x, y}, {until, x, y}, {until + takes, upTheRoad[0], upTheRoad[1]},
	}}
}

func traffic(drives ...drive) play {
	return func(t float64) (props []prop) {
		for _, d := range drives {
			props = append(props, d.at(t)...)
		}
		return props
	}
}

// lorryPlay: a car is left in the lane; a lorry comes along, stands before it for 15 seconds and goes on.
func lorryPlay(h *stagehand) play {
	lorry := drive{body: h.vehicle(vanOutline), size: 1.5, paint: lorryTan, way: []waypoint{
		{38, 960, 350}, {42, 640, 276}, {57, 640, 276}, {63, -220, 236},
	}}
	return traffic(stop(h.vehicle(carOutline), 1, red, 650, 214, 10, 96), lorry)
}

// swapPlay: a car is left in the lane; twice another one of its kind comes so close past it that a tracker may take one
// for the other, and stops beside it for a moment.
func swapPlay(h *stagehand) play {
	car := h.vehicle(carOutline)
	past := func(t float64, paint paintJob) drive {
		return drive{body: car, size: 1, paint: paint, way: []waypoint{
			{t, 640, 640}, {t + 5, 634, 226}, {t + 8, 632, 224}, {t + 12, 700, 128}, {t + 13, 720, 108},
		}}
	}
	return traffic(stop(car, 1, asItIs, 660, 212, 10, 100), past(28, asItIs), past(46, asItIs), past(75, blue))
}

// placesPlay: two vehicles are left in the lane; after a while they change places.
func placesPlay(h *stagehand) play {
	one := drive{body: h.vehicle(carOutline), size: 1, paint: red, way: []waypoint{
		{6, fromBelow[0], fromBelow[1]}, {10, 664, 196}, {75, 664, 196}, {79, 705, 250}, {84, 600, 282}, {400, 600, 282},
	}}
	two := drive{body: h.vehicle(vanOutline), size: 1, paint: blue, way: []waypoint{
		{7, fromBelow[0], fromBelow[1]}, {12, 600, 282}, {74, 600, 282}, {78, 570, 230}, {83, 660, 196}, {400, 660, 196},
	}}
	return traffic(one, two)
}

// busPlay: a bus stops for 40 seconds, and 20 seconds after it the next one.
func busPlay(h *stagehand) play {
	van := h.vehicle(vanOutline)
	return traffic(stop(van, 1.35, red, 628, 270, 12, 52), stop(van, 1.35, red, 628, 270, 72, 112))
}

// queuePlay: three vehicles wait at a light for 28 seconds, go, and ten seconds later the next three stand there.
func queuePlay(h *stagehand) play {
	van, car := h.vehicle(vanOutline), h.vehicle(carOutline)
	paints := []paintJob{asItIs, red, blue, lorryTan}
	var drives []drive
	for cycle := range 4 {
		begins := 8 + 38*float64(cycle)
		for place, at := range [3][2]float64{{660, 192}, {636, 248}, {604, 330}} {
			body := car
			if (cycle+place)%2 == 1 {
				body = van
			}
			late := 1.5 * float64(place)
			drives = append(drives, stop(body, 1, paints[(2*cycle+place)%len(paints)], at[0], at[1], begins+late, begins+28+late))
		}
	}
	return traffic(drives...)
}
