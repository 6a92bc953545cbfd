package alerts

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"gridwatch/geo"
)

// solutions remembers the calibration of each view until its pairs change: solving takes longer than reading the row.
type solutions struct {
	log    *slog.Logger
	mu     sync.Mutex
	byView map[string]solution
}

// solution is what became of the pairs of a view. Ground is nil when there are none, or when err says why not.
type solution struct {
	text   string // The pairs as the database keeps them.
	pairs  []geo.Pair
	ground *geo.Ground
	err    error
}

func newSolutions(log *slog.Logger) *solutions {
	return &solutions{log: log, byView: make(map[string]solution)}
}

// of returns the calibration of one of the camera's views. Why one cannot be solved is logged once.
func (s *solutions) of(cameraID, viewID, text string) solution {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.byView[viewID]; ok && known.text == text {
		return known
	}
	found := solve(text)
	if found.err != nil {
		s.log.Warn("view is not calibrated", "camera", cameraID, "view", viewID, "reason", found.err)
	}
	s.byView[viewID] = found
	return found
}

func solve(text string) solution {
	v := solution{text: text}
	if err := json.Unmarshal([]byte(text), &v.pairs); err != nil {
		v.err = fmt.Errorf("pairs: %w", err)
		return v
	}
	if len(v.pairs) > 0 {
		v.ground, v.err = geo.SolveGround(v.pairs)
	}
	return v
}
