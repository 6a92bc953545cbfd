package alerts

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

var matterCode = regexp.MustCompile(`^[0-9]{5}$`)

// decodeSighting reads one message of the stream and refuses what no alert can be made of. Keys it does not know are
// left alone: a newer sender may have more to say. Times come back in the resolution that the database keeps.
func decodeSighting(data []byte) (vision.Sighting, error) {
	var s vision.Sighting
	if err := json.Unmarshal(data, &s); err != nil {
		return vision.Sighting{}, geo.Invalid("sighting", "is not JSON of a sighting: %v", err)
	}
	if err := validSighting(s); err != nil {
		return vision.Sighting{}, err
	}
	s.Since, s.At = s.Since.UTC().Truncate(time.Microsecond), s.At.UTC().Truncate(time.Microsecond)
	return s, nil
}

func validSighting(s vision.Sighting) error {
	for _, field := range []struct{ name, value string }{
		{"occupancy", s.Occupancy}, {"camera", s.CameraID}, {"fence", s.FenceID}, {"rule", s.Rule},
	} {
		if field.value == "" {
			return geo.Invalid(field.name, "must not be empty")
		}
	}
	if s.Kind != vision.Raised && s.Kind != vision.Escalated && s.Kind != vision.Cleared {
		return geo.Invalid("kind", "%q is not one of raised, escalated, cleared", s.Kind)
	}
	if s.Key != s.Occupancy+"/"+string(s.Kind) {
		return geo.Invalid("key", "%q is not occupancy and kind", s.Key)
	}
	if !matterCode.MatchString(s.Matter) {
		return geo.Invalid("matter", "%q is not a code of five digits", s.Matter)
	}
	if s.Since.IsZero() || s.At.IsZero() || s.At.Before(s.Since) {
		return geo.Invalid("at", "must not be before since, and both must be set")
	}
	if !validPoint(s.Position) {
		return geo.Invalid("position", "must be a longitude and a latitude in degrees")
	}
	if !(s.SigmaM >= 0) || math.IsInf(s.SigmaM, 0) {
		return geo.Invalid("sigma_m", "must not be negative")
	}
	if !validArea(s.Area) {
		return geo.Invalid("area", "must be closed rings of longitudes and latitudes in degrees")
	}
	return validEvidence(s.Evidence)
}

// evidenceKinds are the pictures that a camera's pipeline takes; "photo" is an officer's.
var evidenceKinds = []string{vision.EvidenceBegin, vision.EvidenceNow, vision.EvidenceEscalated, vision.EvidenceClear}

func validEvidence(evidence []vision.Evidence) error {
	for _, e := range evidence {
		if !slices.Contains(evidenceKinds, e.Kind) {
			return geo.Invalid("evidence.kind", "%q is not one of %v", e.Kind, evidenceKinds)
		}
		if !sha256Form.MatchString(e.SHA256) {
			return geo.Invalid("evidence.sha256", "must be 64 hexadecimal digits in lower case")
		}
		if e.Bytes < 0 {
			return geo.Invalid("evidence.bytes", "must not be negative")
		}
	}
	return nil
}

func validPoint(p orb.Point) bool {
	return math.Abs(p.Lon()) <= 180 && math.Abs(p.Lat()) <= 90 // False for NaN.
}

// validArea accepts no area at all: most sightings have none.
func validArea(area orb.Polygon) bool {
	for _, ring := range area {
		if len(ring) < 4 || !ring.Closed() {
			return false
		}
		for _, p := range ring {
			if !validPoint(p) {
				return false
			}
		}
	}
	return true
}
