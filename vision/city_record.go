package vision

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gridwatch/geo"
)

// cityRecord is a City as a recording keeps it: what the kernel reads of it, without the camera's source, which may hold
// a password, and with the calibration as the pairs that it is solved from.
type cityRecord struct {
	Camera     Camera       `json:"camera"`
	Calibrated []string     `json:"calibrated,omitempty"` // Views that had a ground.
	Fences     []geo.Fence  `json:"fences"`
	Permits    []geo.Permit `json:"permits"`
	Rules      Rules        `json:"rules"`
	Zone       string       `json:"zone"`
}

// MarshalJSON writes the city so that the kernel makes the same of what UnmarshalJSON reads.
func (c City) MarshalJSON() ([]byte, error) {
	record := cityRecord{Camera: c.Camera, Fences: c.Fences, Permits: c.Permits, Rules: c.Rules, Zone: c.zone().String()}
	record.Camera.Source = Source{}
	record.Camera.Views = slices.Clone(c.Camera.Views)
	for _, v := range record.Camera.views() {
		if v.Ground != nil {
			record.Calibrated = append(record.Calibrated, v.ID)
			v.Ground = nil
		}
	}
	return json.Marshal(record)
}

// UnmarshalJSON reads what MarshalJSON wrote, and solves the calibrations again.
func (c *City) UnmarshalJSON(text []byte) error {
	var record cityRecord
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	zone, err := time.LoadLocation(record.Zone)
	if err != nil {
		return geo.Invalid("zone", "is not known: %s", err)
	}
	for _, v := range record.Camera.views() {
		if !slices.Contains(record.Calibrated, v.ID) {
			continue
		}
		if v.Ground, err = geo.SolveGround(v.Pairs); err != nil {
			return fmt.Errorf("view %q: %w", v.ID, err)
		}
	}
	*c = City{Camera: record.Camera, Fences: record.Fences, Permits: record.Permits, Rules: record.Rules, Zone: zone}
	return nil
}

// views are all views of the camera, to be changed in place.
func (c *Camera) views() []*View {
	all := []*View{&c.View}
	for i := range c.Views {
		all = append(all, &c.Views[i])
	}
	return all
}
