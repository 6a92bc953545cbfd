package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/geo/coverage"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
)

// Problem is how every failure is told (RFC 9457).
type Problem struct {
	Type   string  `json:"type" example:"about:blank" doc:"Always about:blank: status and title say what kind it is."`
	Title  string  `json:"title" example:"Not Found" doc:"The HTTP status in words."`
	Status int     `json:"status" example:"404" doc:"The HTTP status."`
	Detail string  `json:"detail" example:"There is no such alert." doc:"What happened, for a person."`
	Errors []Fault `json:"errors" nullable:"false" doc:"What the caller can mend, field by field."`
	*Refused
	*Conflicts
	*Overtaken
	Holder *personView `json:"holder,omitempty" doc:"Who has the alert in hand that was asked for."`

	retryAfter time.Duration
	allow      string
}

// Fault is one broken rule. It never repeats the value: that may be a password.
type Fault struct {
	Location string `json:"location" example:"body.username" doc:"The field."`
	Message  string `json:"message" example:"expected required property username to be present" doc:"The rule."`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus and ContentType make a Problem what huma writes for an error.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of problem documents.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders are the headers that belong to the status.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		seconds := int64((p.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	return h
}

const problemType = "application/problem+json"

var (
	errForbidden   = errors.New("web: not allowed for this role")
	errCrossOrigin = errors.New("web: cross-origin request")
)

// throttledError says when the caller may try again.
type throttledError struct {
	after time.Duration
}

func (e *throttledError) Error() string {
	return fmt.Sprintf("web: too many attempts, again in %s", e.after.Round(time.Second))
}

func problem(status int, detail string, faults ...Fault) *Problem {
	if faults == nil {
		faults = []Fault{}
	}
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail, Errors: faults}
}

// problemOf turns an error of any room into what a caller is told. It is the only place that knows both.
func problemOf(err error) *Problem {
	var (
		known     *Problem
		invalid   *geo.InvalidError
		tooBig    *http.MaxBytesError
		throttled *throttledError
		refused   *coverage.Refusal
		late      *geo.ConflictError
		overtaken *geo.RebaseError
		state     *geo.StateError
		taken     *alerts.TakenError
		grids     *alerts.GridsTakenError
		settled   *alerts.SettledError
		faults    alerts.RosterFaults
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &invalid):
		return problem(http.StatusUnprocessableEntity, invalid.Error(), Fault{invalid.Field, invalid.Rule})
	case errors.As(err, &refused):
		p := problem(http.StatusUnprocessableEntity, refused.Text, Fault{"body.command", refused.Text})
		p.Refused = refusedOf(refused)
		return p
	case errors.As(err, &late):
		p := problem(http.StatusConflict, "The draft was changed since. Look at what others did, then try again.")
		p.Conflicts = conflictsOf(late)
		return p
	case errors.As(err, &overtaken):
		p := problem(http.StatusConflict, "Some commands do not apply to the edition in force. Leave them out, or give the draft up.")
		p.Overtaken = overtakenOf(overtaken)
		return p
	case errors.As(err, &taken):
		p := problem(http.StatusConflict, taken.Holder.Name+" has it in hand.")
		p.Holder = personOf(&taken.Holder)
		return p
	case errors.As(err, &settled):
		return problem(http.StatusConflict, sentence(settled.Text))
	case errors.As(err, &faults):
		return problem(http.StatusUnprocessableEntity, "The roster is refused as a whole.", rosterFaultsOf(faults)...)
	case errors.Is(err, alerts.ErrOtherRequest):
		return problem(http.StatusUnprocessableEntity, "The key was used for another request.",
			Fault{"header." + repeatHeader, "must be a new one for another request"})
	case errors.As(err, &state):
		return problem(http.StatusConflict, sentence(state.Text))
	case errors.As(err, &grids):
		return problem(http.StatusConflict, "Grids of it belong to other beats. Say take_over to take them from those.", takenFaults(grids)...)
	case errors.Is(err, geo.ErrSameHand):
		return problem(http.StatusForbidden, "Another person has to review it: nobody reviews what they made, changed or submitted.")
	case errors.Is(err, geo.ErrOtherHand):
		return problem(http.StatusForbidden, "Only who made or submitted it can pull it back.")
	case errors.As(err, &tooBig):
		return problem(http.StatusRequestEntityTooLarge, fmt.Sprintf("The body is larger than %d bytes.", tooBig.Limit))
	case errors.As(err, &throttled):
		p := problem(http.StatusTooManyRequests, "Too many attempts. Wait, then try again.")
		p.retryAfter = throttled.after
		return p
	case errors.Is(err, geo.ErrNotFound):
		return problem(http.StatusNotFound, "There is nothing here, or nothing that you may see.")
	case errors.Is(err, vision.ErrNoBlob):
		return problem(http.StatusNotFound, "The picture is no longer kept.")
	case errors.Is(err, alerts.ErrBadLogin):
		return problem(http.StatusUnauthorized, "The username or the password is wrong.")
	case errors.Is(err, alerts.ErrSignedOut):
		return problem(http.StatusUnauthorized, "Sign in first.")
	case errors.Is(err, errForbidden):
		return problem(http.StatusForbidden, "Your role may not do this.")
	case errors.Is(err, alerts.ErrDecided):
		return problem(http.StatusConflict, "The back-test is not one that can be published or discarded now.")
	case errors.Is(err, errCrossOrigin):
		return problem(http.StatusForbidden, "The request came from another site.")
	case errors.Is(err, geo.ErrImportsFull):
		return problem(http.StatusTooManyRequests, "Too many files wait to be imported. Send it again in a while.")
	case errors.Is(err, errFull):
		return problem(http.StatusTooManyRequests, "Too many sockets are open.")
	case errors.Is(err, alerts.ErrFeedStopped):
		return problem(http.StatusServiceUnavailable, "The server is stopping. Come back in a moment.")
	case errors.Is(err, context.DeadlineExceeded):
		return problem(http.StatusServiceUnavailable, "This took too long. Try again.")
	case errors.Is(err, context.Canceled):
		return problem(statusClientClosed, "The request was given up.")
	}
	return problem(http.StatusInternalServerError, "Something went wrong here. It is in the log under the request id.")
}

// sentence makes a sentence of an error's text.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] + "." }

// statusClientClosed is written to nobody: the log shows it for callers who left.
const statusClientClosed = 499

// fail turns err into a problem and logs it when it is this program's fault.
func (s *Server) fail(ctx context.Context, err error) *Problem {
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		s.log.LogAttrs(ctx, slog.LevelError, "request failed",
			slog.String("request", requestID(ctx)), slog.Int("status", p.Status), slog.Any("err", err))
	}
	return p
}

// writeProblem writes p outside huma: from middleware and from the routes that are not JSON.
func writeProblem(w http.ResponseWriter, p *Problem) {
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Encoding")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p)
}

// humaProblem is how huma makes its own errors: those of decoding and validation, and nothing of the server's inside.
func humaProblem(status int, detail string, errs ...error) huma.StatusError {
	faults := []Fault{}
	for _, err := range errs {
		var detailed huma.ErrorDetailer
		switch {
		case err == nil || status >= http.StatusInternalServerError:
		case errors.As(err, &detailed):
			d := detailed.ErrorDetail()
			faults = append(faults, Fault{d.Location, d.Message})
		default:
			faults = append(faults, Fault{"", err.Error()})
		}
	}
	return problem(status, detail, faults...)
}

func init() {
	huma.NewError = humaProblem // The only hook that huma has for the form of its errors.
}
