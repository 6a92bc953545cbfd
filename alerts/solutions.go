package alerts

import (
	"encoding/json"
	"fmt"
	"sync"

	"gridwatch/geo"
)

// solutions remembers the calibration of each camera's view until its pairs change: solving takes longer than reading
// the row.
type solutions struct {
	mu       sync.Mutex
	byCamera map[string]solution
}

// solution is what became of the pairs of a view. Ground is nil when there are none, or when err says why not.
type solution struct {
	text   string // The pairs as the database keeps them.
	pairs  []geo.Pair
	ground *geo.Ground
	err    error
}

func (s *solutions) of(cameraID, text string) solution {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.byCamera[cameraID]; ok && known.text == text {
		return known
	}
	if s.byCamera == nil {
		s.byCamera = make(map[string]solution)
	}
	found := solve(text)
	s.byCamera[cameraID] = found
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
