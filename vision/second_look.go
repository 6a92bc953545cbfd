package vision

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gridwatch/geo"
)

// Question is what a rule asks of a second, slower look before people are told.
type Question struct {
	Text     string   `yaml:"question" json:"question"`
	Confirms []string `yaml:"confirms" json:"confirms,omitempty"` // The answer begins with one of these words; none are "yes" and "是".
	Denies   []string `yaml:"denies" json:"denies,omitempty"`     // Or with one of these; none are "no", "不" and "否".
	Silent   Silent   `yaml:"silent" json:"silent,omitempty"`     // What becomes of a sighting when no answer comes; empty is SilentRaise.
}

// Silent says what becomes of a sighting when the second look does not answer in time, or not clearly.
type Silent string

const (
	SilentRaise Silent = "raise" // People are told, and that nobody answered.
	SilentHold  Silent = "hold"  // It is asked again until it answers, or the place is clear.
)

// Verdict is what a second look came to.
type Verdict string

const (
	Confirmed  Verdict = "confirmed"
	Denied     Verdict = "denied"
	Unanswered Verdict = "unanswered" // No answer in time, or one that says neither.
)

// SecondLook is the word of a slower model on one sighting.
type SecondLook struct {
	Question string    `json:"question"`
	Verdict  Verdict   `json:"verdict"`
	Answer   string    `json:"answer,omitempty"` // As it came, cut to a line's length.
	Reason   string    `json:"reason,omitempty"` // Why there is no answer.
	Model    string    `json:"model"`
	At       time.Time `json:"at"` // When it came; the clock of the machine that asked.
	TookS    float64   `json:"took_s"`
}

// Looker asks a slower model about a picture. It answers within a time of its own, or fails. Safe for many goroutines.
type Looker interface {
	Look(ctx context.Context, question string, jpeg []byte) (answer string, err error)
	Model() string
}

func (q Question) validate() error {
	switch {
	case strings.TrimSpace(q.Text) == "":
		return geo.Invalid("second_look.question", "is missing")
	case q.Silent != "" && q.Silent != SilentRaise && q.Silent != SilentHold:
		return geo.Invalid("second_look.silent", "must be raise or hold (got %q)", q.Silent)
	}
	for _, list := range []struct {
		field string
		words []string
	}{{"confirms", q.Confirms}, {"denies", q.Denies}} {
		for _, word := range list.words {
			if strings.TrimSpace(word) == "" {
				return geo.Invalid("second_look."+list.field, "must not hold an empty word")
			}
		}
	}
	return nil
}

// verdict reads an answer by its first word.
func (q Question) verdict(answer string) Verdict {
	confirms, denies := q.Confirms, q.Denies
	if len(confirms) == 0 {
		confirms = []string{"yes", "是"}
	}
	if len(denies) == 0 {
		denies = []string{"no", "不", "否"}
	}
	switch {
	case beginsWith(answer, denies):
		return Denied
	case beginsWith(answer, confirms):
		return Confirmed
	}
	return Unanswered
}

// beginsWith reports whether the text begins with one of the words, whatever marks stand before it. A word of letters ends
// where the letters do ("no" is not "not sure"); Chinese has no such ends.
func beginsWith(text string, words []string) bool {
	text = strings.ToLower(strings.TrimLeftFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
	for _, word := range words {
		rest, ok := strings.CutPrefix(text, strings.ToLower(word))
		last, _ := utf8.DecodeLastRuneInString(word)
		next, _ := utf8.DecodeRuneInString(rest)
		if ok && (unicode.Is(unicode.Han, last) || !unicode.IsLetter(next)) {
			return true
		}
	}
	return false
}
