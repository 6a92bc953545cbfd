package web

import (
	"context"
	"time"

	"gridwatch/alerts"
)

type alertQuery struct {
	State  string    `query:"state" maxLength:"200" example:"open" doc:"raised, escalated, cleared, open (not cleared), new, acknowledged, arrived, handled; several by comma."`
	Matter string    `query:"matter" maxLength:"64" example:"09012" doc:"A national code, or a rule's key: fire_lane, vending, debris."`
	Since  time.Time `query:"since" doc:"Raised then or later."`
	Camera string    `query:"camera" maxLength:"64" doc:"Of this camera."`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor string    `query:"cursor" maxLength:"64" doc:"What next of the page before said."`
}

type alertPageView struct {
	Items []AlertView `json:"items" nullable:"false"`
	Next  *string     `json:"next" doc:"The cursor of the next page, or null."`
	Seq   int64       `json:"seq" example:"90211" doc:"The number of the last event that this page contains."`
}

type alertPage struct{ Body alertPageView }

func (s *Server) listAlerts(ctx context.Context, q *alertQuery) (*alertPage, error) {
	for field, text := range map[string]string{"query.matter": q.Matter, "query.camera": q.Camera} {
		if err := validText(field, text); err != nil {
			return nil, err
		}
	}
	filter := alerts.Filter{
		State: q.State, Matter: q.Matter, Since: q.Since, CameraID: q.Camera, Limit: q.Limit, Before: q.Cursor,
	}
	items, next, seq, err := s.alerts.Alerts(ctx, filter, visitorOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	return &alertPage{alertPageOf(items, next, seq, s.matters)}, nil
}

func alertPageOf(items []alerts.Alert, next string, seq int64, matters alerts.Matters) alertPageView {
	page := alertPageView{Items: make([]AlertView, 0, len(items)), Seq: seq}
	for _, a := range items {
		page.Items = append(page.Items, alertOf(a, matters))
	}
	if next != "" {
		page.Next = &next
	}
	return page
}

type alertPath struct {
	ID int64 `path:"id" minimum:"1" example:"4211"`
}

type alertAnswer struct{ Body alertDetailView }

func (s *Server) getAlert(ctx context.Context, in *alertPath) (*alertAnswer, error) {
	a, events, err := s.alerts.Alert(ctx, in.ID, visitorOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	return &alertAnswer{alertDetailOf(a, events, s.matters)}, nil
}

// deed is what a person does with an alert, with a note if they like.
type deed struct {
	ID   int64 `path:"id" minimum:"1" example:"4211"`
	Body *noteView
}

type noteView struct {
	Note string `json:"note,omitempty" maxLength:"2000" example:"车主已联系，正在赶来"`
}

func (d deed) note() (string, error) {
	if d.Body == nil {
		return "", nil
	}
	return d.Body.Note, validText("body.note", d.Body.Note)
}

// noted does something with an alert, to which the person may add a note, and answers with the alert as it is then.
func (s *Server) noted(ctx context.Context, in *deed,
	do func(ctx context.Context, id, person int64, scope alerts.Scope, note string) (alerts.Alert, error)) (*alertAnswer, error) {
	note, err := in.note()
	if err != nil {
		return nil, err
	}
	who := visitorOf(ctx)
	if _, err := do(ctx, in.ID, who.ID, who.Scope, note); err != nil {
		return nil, err
	}
	return s.getAlert(ctx, &alertPath{ID: in.ID})
}

func (s *Server) acknowledge(ctx context.Context, in *deed) (*alertAnswer, error) {
	return s.noted(ctx, in, s.alerts.Acknowledge)
}

func (s *Server) arrive(ctx context.Context, in *deed) (*alertAnswer, error) {
	return s.noted(ctx, in, s.alerts.Arrive)
}
