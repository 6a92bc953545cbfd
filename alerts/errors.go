package alerts

import (
	"errors"
	"fmt"

	"gridwatch/geo"
)

var (
	// ErrNotFound says that there is no such thing, or none that the asker's scope covers: the two look the same.
	ErrNotFound = fmt.Errorf("alerts: %w", geo.ErrNotFound)
	// ErrSlow ends a subscription whose reader fell too far behind. It may come back and resume from its last number.
	ErrSlow = errors.New("alerts: subscriber is too slow")
	// ErrFeedStopped ends a subscription when the feed itself stops.
	ErrFeedStopped = errors.New("alerts: feed stopped")
)
