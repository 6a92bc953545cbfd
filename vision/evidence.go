package vision

import "github.com/paulmach/orb"

// Kinds of evidence.
const (
	EvidenceReference = "reference" // How a camera's view should look.
	EvidenceBegin     = "begin"
	EvidenceNow       = "now" // At the warning.
	EvidenceEscalated = "escalated"
	EvidenceClear     = "clear"
)

// Marks are what is drawn over a picture of evidence. All coordinates are normalised frame coordinates.
type Marks struct {
	Fence   []orb.Point // Outline, open or closed; empty draws none.
	Boxes   []MarkedBox
	Caption string // One line of ASCII.
	Rule    string // Key of the rule, for the colour.
}

// MarkedBox is one box of a picture. Subject is what the sighting is about; the others only were there.
type MarkedBox struct {
	Box     Box
	Label   string
	Subject bool
}
