package main

import (
	"path/filepath"
	"slices"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/capture"
	"gridwatch/vision/replay"
	"gridwatch/web"
)

const hoursOfDay = 24 * time.Hour

// openRecordings opens the recordings, and what tries drafts on them.
func (s *service) openRecordings(zone *time.Location) (err error) {
	s.recordings, err = replay.NewLibrary(replay.LibraryConfig{
		Dir: filepath.Join(s.cfg.DataDir, "recordings"), Index: alerts.NewRecordings(s.pool),
		Keep: time.Duration(s.cfg.RecordingDays) * hoursOfDay, Small: capture.Small, Log: s.log,
	})
	if err != nil {
		return err
	}
	s.backtests = alerts.NewBacktests(s.pool, geo.NewStore(s.pool), s.rulebook, zone)
	s.backtester = alerts.NewBacktester(s.backtests, s.recordings, s.log)
	return nil
}

// Dwelling lists what stays before a running camera now.
func (c *cameras) Dwelling(cameraID string) []web.Stay {
	w := c.watches()[cameraID]
	if w == nil {
		return nil
	}
	p := w.pipeline.Load()
	if p == nil {
		return nil
	}
	city, traces := c.city.current.Load(), p.Traces()
	var stays []web.Stay
	for _, occ := range p.Dwelling() {
		stay := web.Stay{CameraID: cameraID, Occupancy: occ}
		if th, ok := city.thresholds(occ); ok {
			stay.Raise, stay.Escalate = seconds(th.RaiseS), seconds(th.EscalateS)
		}
		i := slices.IndexFunc(traces, func(t vision.Trace) bool { return !t.Passed && t.Occupancy == occ.ID && t.Gate != vision.GateDuplicate })
		if i >= 0 {
			stay.Gate = traces[i].Gate
		}
		stays = append(stays, stay)
	}
	return stays
}

// thresholds are those in force for an occupancy.
func (m *marked) thresholds(occ vision.Occupancy) (vision.Thresholds, bool) {
	rule, known := m.rules.Rule(occ.Rule)
	i := slices.IndexFunc(m.fences, func(f geo.Fence) bool { return f.ID == occ.FenceID })
	if !known || i < 0 {
		return rule.Thresholds, known
	}
	th, _, _ := rule.For(m.fences[i]) // What the fence says wrongly is left out, as the kernel does.
	return th, true
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
