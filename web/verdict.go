package web

import (
	"context"

	"gridwatch/alerts"
)

type verdictIn struct {
	ID   int64 `path:"id" minimum:"1" example:"4211"`
	Body struct {
		Verdict string `json:"verdict" enum:"true,false,duplicate" doc:"true: it was there. false: it was not. duplicate: another alert had told of it."`
		Note    string `json:"note,omitempty" maxLength:"2000" example:"树影"`
	}
}

func (s *Server) judge(ctx context.Context, in *verdictIn) (*alertAnswer, error) {
	if err := validText("body.note", in.Body.Note); err != nil {
		return nil, err
	}
	who := visitorOf(ctx)
	a, err := s.alerts.Judge(ctx, in.ID, who.ID, who.Scope, alerts.VerdictWord(in.Body.Verdict), in.Body.Note)
	if err != nil {
		return nil, err
	}
	return s.getAlert(ctx, &alertPath{ID: a.ID})
}
