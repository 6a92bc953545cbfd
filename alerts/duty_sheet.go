package alerts

import (
	"context"
	"fmt"
	"time"
)

// DutySheet is who is on duty between two moments, and where nobody is.
type DutySheet struct {
	DutyRoster
	Duties []Duty
	Holes  []Hole
	People map[string]Told // By username: all whom the roster names that have an account.
}

// DutySheet returns the duties and holes that touch the time. Without a roster it is empty: then the members of a beat
// are always told.
func (r *Roster) DutySheet(ctx context.Context, from, until time.Time) (DutySheet, error) {
	roster, err := r.DutyRoster(ctx)
	if err != nil {
		return DutySheet{}, err
	}
	people, err := r.PersonOf(ctx, roster.usernames())
	if err != nil {
		return DutySheet{}, fmt.Errorf("duty sheet: %w", err)
	}
	present := roster.present(people)
	return DutySheet{
		DutyRoster: roster, People: people,
		Duties: present.Duties(from, until, r.Zone), Holes: present.Holes(from, until, r.Zone),
	}, nil
}

// usernames are all that hold something or stand in for somebody; some may be there twice.
func (d DutyRoster) usernames() []string {
	names := []string{}
	for _, s := range d.Shifts {
		names = append(names, s.Person)
	}
	for _, e := range d.Exceptions {
		names = append(names, e.Substitute)
	}
	for _, l := range d.Leaves {
		names = append(names, l.Substitute)
	}
	return names
}
