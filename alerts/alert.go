// Package alerts is what becomes of a sighting: which grid it lies in, who answers for it, one record per matter, and
// the feed that tells everyone after the record exists.
package alerts

import (
	"fmt"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// State is the kernel's word on an alert; Handling is people's.
type (
	State    string
	Handling string
)

const (
	StateRaised    State = "raised"
	StateEscalated State = "escalated"
	StateCleared   State = "cleared"

	New          Handling = "new"
	Acknowledged Handling = "acknowledged"
	Arrived      Handling = "arrived"
	Handled      Handling = "handled"
)

// Alert is one occupancy's record for people (告警). Where several cameras see the thing, it is that of all of them.
type Alert struct {
	ID        int64
	Occupancy string // The one that was raised first; so are place, camera, class and score.
	Rule      string
	Matter    string // National code; its names are in configs/matters.yaml.
	State     State
	Handling  Handling

	Since, RaisedAt                      time.Time
	EscalatedAt, ClearedAt               time.Time // Zero while it has not happened; so below.
	AcknowledgedAt, ArrivedAt, HandledAt time.Time
	AcknowledgedBy                       *Ref

	Position orb.Point
	SigmaM   float64
	Grounded bool        // False: Position is the camera's, and Area is all that is known.
	Area     orb.Polygon // The fence on the map, where not grounded.

	Community, Road *GridRef // The owner in each net when it was raised, or nil.
	Grid            *GridRef // The one of the two that answers.
	Officer         *Ref
	Camera          CameraRef
	FenceID         string
	FenceName       string
	Composed        bool
	Class           string
	Score           float64
	Why             vision.Why
	Evidence        []Evidence // Only in Store.Alert; in lists EvidenceCount stands in for it.
	EvidenceCount   int
	Receipts        []Receipt // Only in Store.Alert.

	Also       []Witness // The other cameras that saw it, in the order in which they said so.
	ReviewOnly bool      // For the centre alone: its rule is not trusted at any camera that saw it.
	Verdict    *Verdict  // What people say of it; nil while nobody judged.

	Holder     *Ref     // Who has it in hand; nil while it waits for somebody.
	MergedInto int64    // The alert that it is the same as, as a person says; 0 while it stands for itself.
	Merged     []int64  // Those that are said to be the same as it.
	Silence    *Silence // Why nobody is told of it now; nil where people are.

	offered []int64 // Who is asked to take it besides those who answer for its grid.
	joined  int64   // The alert that this one turned out to be; 0 while it stands for itself.
}

// Witness is another camera that saw the same thing.
type Witness struct {
	Camera    CameraRef
	Occupancy string
	ClearedAt time.Time // Zero while it has not said that the place is clear.
}

// Ref names a person.
type Ref struct {
	ID   int64
	Name string
}

// GridRef names a grid as it was in the edition the alert was mapped with.
type GridRef struct {
	Net     geo.Net
	Code    string
	Name    string
	Street  string
	Edition int64
	Demo    bool
}

// CameraRef names a camera.
type CameraRef struct {
	ID   string
	Name string
}

// Evidence is one picture of an alert, numbered from 1.
type Evidence struct {
	N           int
	Kind        string // "begin", "now", "escalated", "clear" or "photo".
	SHA256      string
	Bytes       int64
	ContentType string
	TakenAt     time.Time
	Camera      *CameraRef // Whose picture it is; nil for a person's photo.
}

// Receipt says how far the telling of an alert came with one person on one device (回执).
type Receipt struct {
	Person                               Ref
	Role                                 Role   // In which the person was told.
	Device                               string // Empty while the person has none.
	QueuedAt                             time.Time
	DeliveredAt, ShownAt, AcknowledgedAt time.Time // Zero while it has not happened.
}

// Event is one line of the feed. In the feed exactly one of Alert, Camera and Edition is set; in Store.Alert none is.
// An event is shared by all who read it: nobody may change what it points to.
type Event struct {
	Seq    int64
	Type   EventType
	At     time.Time // When it was recorded.
	Alert  *Alert    // As it was when the event was read, which may be later than the event.
	Camera *CameraHealth
	Person *Ref
	Note   string // What the person wrote, or why a camera went offline.

	Verdict VerdictWord // What the person said of the alert; empty where the event is no verdict.
	Trust   *Trust      // What became of a rule at the camera; nil where the event is of something else.

	Edition *EditionNews // The edition that changed; nil where the event is of something else.
	Rehomed *Rehoming    // Where the alert went over to; nil where the event is of something else.
}

// EventType says what happened.
type EventType string

const (
	AlertRaised       EventType = "alert.raised"
	AlertEscalated    EventType = "alert.escalated"
	AlertAcknowledged EventType = "alert.acknowledged"
	AlertArrived      EventType = "alert.arrived"
	AlertHandled      EventType = "alert.handled"
	AlertCleared      EventType = "alert.cleared"
	AlertJoined       EventType = "alert.joined"  // Another camera sees the same.
	AlertUpdated      EventType = "alert.updated" // One of several cameras said more, and the alert's state is as it was.
	AlertVerdict      EventType = "alert.verdict"
	AlertRehomed      EventType = "alert.rehomed" // Another edition came into force, and another grid owns its ground.
	AlertTaken        EventType = "alert.taken"   // A person has it in hand: everybody else stands down.
	AlertTransferred  EventType = "alert.transferred"
	AlertUnanswered   EventType = "alert.unanswered" // Nobody took it in time: the next on the ladder are told.
	AlertMerged       EventType = "alert.merged"     // A person says that it is the same as another.
	AlertUnmerged     EventType = "alert.unmerged"
	AlertSilenced     EventType = "alert.silenced" // Nobody is told of it for a while.
	ReviewBegan       EventType = "review.began"   // A rule at a camera fell below the floor.
	ReviewEnded       EventType = "review.ended"
	CameraOffline     EventType = "camera.offline"
	CameraOnline      EventType = "camera.online"
	CameraCondition   EventType = "camera.condition"
	EditionChanged    EventType = "edition"
)

// CameraHealth is a camera as people see it.
type CameraHealth struct {
	CameraRef
	Position   orb.Point
	PlaceClass string
	State      string // "unknown", "online" or "offline".
	Since      time.Time
	Reason     string
	Condition  *Condition // What is wrong with what it shows; nil when nothing is.
	Composed   bool
	Calibrated bool
	// Errors of the calibration, root mean square over its pairs, metres: 0 where they do not exist.
	ResidualM, LeaveOneOutM float64
	Grid                    *GridRef // The community grid that it stands in, which lost its eyes when offline or in a condition.
	Road                    *GridRef // The corridor that it stands in, or nil.
}

// In reports whether the camera stands in the scope, by either net.
func (h CameraHealth) In(scope Scope) bool { return scope.Covers(h.Grid) || scope.Covers(h.Road) }

// Scope is what a person may see: the whole city, or the grids of their beats. The same value guards lists, pictures,
// tiles and sockets.
type Scope struct {
	City   bool
	Drafts bool // Editions that are not published, too.
	Grids  []GridKey
	Person int64 // Whose alerts elsewhere are covered that they are asked to take; 0 is nobody.
}

// CoversAlert reports whether a lies in the scope. What is for review only belongs to the city.
func (s Scope) CoversAlert(a *Alert) bool {
	return s.City || !a.ReviewOnly && (s.Covers(a.Grid) || slices.Contains(a.offered, s.Person))
}

// inScope is the same in SQL, for alerts a; the scope's parts are the parameters from $first on, as sqlArgs gives them.
func inScope(first int) string {
	return fmt.Sprintf(`($%d OR NOT a.review_only AND (
		(a.grid_net, a.grid_code) IN (SELECT * FROM unnest($%d::text[], $%d::text[]))
		OR EXISTS (SELECT FROM offers f WHERE f.alert = a.id AND f.person = $%d)))`, first, first+1, first+2, first+3)
}

func (s Scope) sqlArgs() []any {
	nets, codes := splitKeys(s.Grids)
	return []any{s.City, nets, codes, s.Person}
}

// GridKey names a grid over editions.
type GridKey struct {
	Net  geo.Net
	Code string
}

// Covers reports whether g, the grid that answers, lies in the scope. A matter without a grid belongs to the city.
func (s Scope) Covers(g *GridRef) bool {
	if s.City {
		return true
	}
	if g == nil {
		return false
	}
	for _, k := range s.Grids {
		if k.Net == g.Net && k.Code == g.Code {
			return true
		}
	}
	return false
}
