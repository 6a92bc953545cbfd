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
	chart func() *Chart // The same grids for tiles, prepared when they are first asked for.
}

// NewLocator returns a locator that finds nothing until Load.
func NewLocator(store *Store) *Locator {
	l := &Locator{store: store}
	l.city.Store(&published{version: "0"})
	return l
}

// Load takes in the published editions. Those that are known already are not read again: an edition's grids never
// change. After an error the locator answers as before.
func (l *Locator) Load(ctx context.Context) error { return l.load(ctx, nil) }

// load takes in the published editions, with indices that were made already.
func (l *Locator) load(ctx context.Context, made map[int64]*Index) error {
	l.loading.Lock()
	defer l.loading.Unlock()
	editions, err := l.store.Editions(ctx)
	if err != nil {
		return err
	}
	known := map[int64]indexed{}
	for _, e := range l.city.Load().editions {
		known[e.ID] = e
	}
	version := fnv.New64a()
	next := &published{}
	for _, e := range editions {
		before, isKnown := known[e.ID]
		index, chart := before.index, before.chart
		if !isKnown {
			if index = made[e.ID]; index == nil {
				if index, err = l.indexOf(ctx, e.ID); err != nil {
					return err
				}
			}
			chart = sync.OnceValue(func() *Chart { return NewChart(e.Net, e.Demo, index.grids) })
		}
		next.editions = append(next.editions, indexed{e, index, chart})
		fmt.Fprintln(version, e.ID, e.From.UnixNano(), e.Until.UnixNano(), e.Title, e.Demo)
	}
	next.version = strconv.FormatUint(version.Sum64(), 36)
	l.city.Store(next)
	for _, e := range next.editions {
		if e.Until.IsZero() || e.Until.After(time.Now()) {
			e.chart() // Nobody shall wait for it at the map. Editions of the past are rarely looked at.
		}
	}
	return nil
}

func (l *Locator) indexOf(ctx context.Context, edition int64) (*Index, error) {
	grids, err := l.store.gridsOf(ctx, edition)
	if err != nil {
		return nil, err
	}
	index, err := NewIndex(grids)
	if err != nil {
		return nil, fmt.Errorf("edition %d: %w", edition, err)
	}
	return index, nil
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

// inForce are the editions that hold at the moment, each with its index.
func (l *Locator) inForce(at time.Time) (holding []indexed) {
	for _, e := range l.city.Load().editions {
		if e.InForce(at) {
			holding = append(holding, e)
		}
	}
	return holding
}

// edition is the one with the number, if it is held.
func (l *Locator) edition(id int64) (indexed, bool) {
	for _, e := range l.city.Load().editions {
		if e.ID == id {
			return e, true
		}
	}
	return indexed{}, false
}

// next is when the next edition begins after the moment; zero while none is published for later.
func (l *Locator) next(at time.Time) (next time.Time) {
	for _, e := range l.city.Load().editions {
		if e.From.After(at) && (next.IsZero() || e.From.Before(next)) {
			next = e.From
		}
	}
	return next
}

// Version changes when the editions change, and only then.
func (l *Locator) Version() string { return l.city.Load().version }
