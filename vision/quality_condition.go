package vision

import "time"

// Condition is what has been wrong with a camera's eyes for a while (机位异常). The zero Condition is none.
type Condition struct {
	Code    string    // One of Unfits; empty when nothing is wrong.
	ViewID  string    // The view that was to be seen; empty off every known view.
	Since   time.Time // Frame time of the first picture that showed it.
	At      time.Time // Frame time of Current, and of the word.
	Current string    // SHA-256 of a picture that shows it, or that it is over; empty where none could be kept.
}

// Eyes learns what is wrong with a camera's eyes, and which pictures stand for its views. It never waits. Every call may
// come again with nothing changed.
type Eyes interface {
	Condition(cameraID string, c Condition)
	Reference(cameraID, viewID, sha256 string)
}

// lookout tells a condition from a passing trouble: a lorry before the lens, a gust, a lost packet.
type lookout struct {
	known bool   // Something was told since the start.
	told  string // Code of the condition that was told.

	code  string // What the last looks showed, and since when.
	since time.Time
	looks int
}

// see takes one look. It reports whether the condition is another now; code and since are then what it is.
func (l *lookout) see(code string, at time.Time, p QualityParams) bool {
	if code != l.code || l.looks == 0 || at.Before(l.since) {
		l.code, l.since, l.looks = code, at, 0
	}
	l.looks++
	if l.known && l.code == l.told {
		return false
	}
	needed, forS := p.HoldLooks, p.HoldS
	if l.code == "" {
		needed, forS = p.ClearLooks, 0
	}
	if float64(l.looks) < needed || at.Sub(l.since).Seconds() < forS {
		return false
	}
	l.known, l.told = true, l.code
	return true
}

// nightLight is a mean brightness below which a picture is dark as a night is.
const nightLight = 40

// troubleOf is what a frame's unfitness says of the camera itself. Weather and a failing detector are not the camera's
// fault, and nothing to be seen in the dark of the night is the night.
func troubleOf(seen Judgement, c Camera, at time.Time, p QualityParams) string {
	switch seen.Unfit {
	case UnfitRain, UnfitSnow, UnfitDetector:
		return ""
	case UnfitDark, UnfitCovered, UnfitBlurred:
		if seen.Quality.Light < nightLight && !p.Daylight(c.Position, at) {
			return ""
		}
	}
	return seen.Unfit
}
