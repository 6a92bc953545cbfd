package geo

import "time"

// Edition is all boundaries of a net: in force from a date, or on the way there (版次).
type Edition struct {
	ID    int64
	Net   Net
	Title string
	State EditionState
	From  time.Time // Zero while it is not published.
	Until time.Time // Zero while no later edition is published.
	Demo  bool      // Demonstration geometry: every screen that shows it says so.
	Grids int       // How many grids it has.

	Version  int64     // Grows with every change of its grids, and only then.
	Base     int64     // The edition whose grids it began with; 0 where there was none.
	Replaces int64     // The newest published edition when it was begun, which it follows; 0 where there was none.
	Newer    int64     // Of a draft that was overtaken: what was published since it was begun. 0 where nothing was.
	Planned  time.Time // When a draft shall begin; zero while nobody said.
	Changed  []string  // Codes of grids that differ from those of Replaces.

	Author, Submitter, Reviewer *Hand  // Nil where nobody was.
	ReviewNote                  string // What the reviewer said.
	CanUndo, CanRedo            bool
}

// EditionState says how far an edition came: draft → checked → submitted → reviewed → published → superseded.
type EditionState string

const (
	EditionDraft      EditionState = "draft"
	EditionChecked    EditionState = "checked"    // No problem was found since the last change.
	EditionSubmitted  EditionState = "submitted"  // Somebody else is to review it. Its grids stand still.
	EditionReviewed   EditionState = "reviewed"   // Somebody else accepted it. Its grids stand still.
	EditionPublished  EditionState = "published"  // In force from its date, which may lie ahead.
	EditionSuperseded EditionState = "superseded" // A published one whose time is over.
	EditionWithdrawn  EditionState = "withdrawn"  // Published and taken back before it began.
	EditionDiscarded  EditionState = "discarded"
)

// EditionStates lists every state, in the order of an edition's life.
var EditionStates = []EditionState{EditionDraft, EditionChecked, EditionSubmitted, EditionReviewed, EditionPublished,
	EditionSuperseded, EditionWithdrawn, EditionDiscarded}

// Open reports whether the edition may still be published or given up.
func (s EditionState) Open() bool {
	return s.Editable() || s == EditionSubmitted || s == EditionReviewed
}

// Editable reports whether the edition's grids may be changed.
func (s EditionState) Editable() bool { return s == EditionDraft || s == EditionChecked }

// Hand is a person who had a hand in an edition.
type Hand struct {
	ID   int64
	Name string
}

// InForce reports whether the edition holds at the moment: from From on, until just before Until. What is not published
// never does.
func (e Edition) InForce(at time.Time) bool {
	return !e.From.IsZero() && !at.Before(e.From) && (e.Until.IsZero() || at.Before(e.Until))
}
