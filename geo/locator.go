package geo

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
)

// Locator answers which grid a point belonged to at a moment. It holds all published editions; Load swaps them whole,
// so that a lookup sees the city before a change or after it, never in between.
type Locator struct {
	store   *Store
	loading sync.Mutex
	city    atomic.Pointer[published]
}

// published is one state of all editions.
type published struct {
	editions []indexed
	version  string
}

type indexed struct {
	Edition
	index *Index
}

// NewLocator returns a locator that finds nothing until Load.
func NewLocator(store *Store) *Locator {
	l := &Locator{store: store}
	l.city.Store(&published{version: "0"})
	return l
}

// Load takes in the published editions. Those that are known already are not read again: an edition's grids never
// change. After an error the locator answers as before.
func (l *Locator) Load(ctx context.Context) error {
	l.loading.Lock()
	defer l.loading.Unlock()
	editions, err := l.store.Editions(ctx)
	if err != nil {
		return err
	}
	known := map[int64]*Index{}
	for _, e := range l.city.Load().editions {
		known[e.ID] = e.index
	}
	version := fnv.New64a()
	next := &published{}
	for _, e := range editions {
		index := known[e.ID]
		if index == nil {
			grids, err := l.store.gridsOf(ctx, e.ID)
			if err != nil {
				return err
			}
			if index, err = NewIndex(grids); err != nil {
				return fmt.Errorf("edition %d: %w", e.ID, err)
			}
		}
		next.editions = append(next.editions, indexed{e, index})
		fmt.Fprintln(version, e.ID, e.From.UnixNano(), e.Until.UnixNano(), e.Title, e.Demo)
	}
	next.version = strconv.FormatUint(version.Sum64(), 36)
	l.city.Store(next)
	return nil
}

// Locate returns the grid of the net that p belonged to at the moment, and the edition that says so.
func (l *Locator) Locate(net Net, p orb.Point, at time.Time) (Grid, Edition, bool) {
	editions := l.city.Load().editions
	for i := range editions {
		if e := &editions[i]; e.Net == net && e.InForce(at) {
			grid, ok := e.index.Locate(p)
			if !ok {
				return Grid{}, e.Edition, false
			}
			return *grid, e.Edition, true
		}
	}
	return Grid{}, Edition{}, false
}

// Version changes when the editions change, and only then.
func (l *Locator) Version() string { return l.city.Load().version }
