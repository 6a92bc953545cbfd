package web

import (
	"context"
	"time"

	"gridwatch/alerts"
)

type precisionQuery struct {
	Days int `query:"days" minimum:"1" maximum:"3650" default:"30" doc:"Verdicts of so many days."`
}

type precisionView struct {
	Floor float64             `json:"floor" example:"0.5" doc:"A pair with less of its last verdicts true is for review only."`
	Least int                 `json:"least" example:"10" doc:"Once it has so many."`
	Items []precisionItemView `json:"items" nullable:"false" doc:"Each pair's sum, then its hours."`
	Next  *string             `json:"next" doc:"Always null: the pairs of a city fit on one page."`
}

type precisionItemView struct {
	Rule       string    `json:"rule" example:"fire_lane"`
	Camera     namedView `json:"camera"`
	Hour       *int      `json:"hour" doc:"Of the day in which the alerts were raised, 0 to 23; null is the sum of all."`
	True       int       `json:"true" example:"18"`
	False      int       `json:"false" example:"2"`
	Duplicate  int       `json:"duplicate" example:"1" doc:"Counted, but neither right nor wrong: the thing was there."`
	Precision  *float64  `json:"precision" example:"0.9" doc:"true of true and false; null while there is neither."`
	ReviewOnly bool      `json:"review_only" doc:"Now."`
}

type precisionAnswer struct{ Body precisionView }

func (s *Server) precision(ctx context.Context, q *precisionQuery) (*precisionAnswer, error) {
	items, floor, err := s.alerts.Precision(ctx, time.Now().AddDate(0, 0, -q.Days), s.district.Timezone)
	if err != nil {
		return nil, err
	}
	return &precisionAnswer{precisionOf(items, floor)}, nil
}

func precisionOf(items []alerts.Precision, floor alerts.Floor) precisionView {
	view := precisionView{Floor: floor.Precision, Least: floor.Least, Items: make([]precisionItemView, 0, len(items))}
	for _, p := range items {
		item := precisionItemView{
			Rule: p.Rule, Camera: namedView(p.Camera), Hour: p.Hour,
			True: p.True, False: p.False, Duplicate: p.Duplicate, ReviewOnly: p.ReviewOnly,
		}
		if share, judged := p.Share(); judged {
			item.Precision = &share
		}
		view.Items = append(view.Items, item)
	}
	return view
}

type precisionReset struct {
	Body struct {
		Rule   string `json:"rule" minLength:"1" maxLength:"64" example:"fire_lane"`
		Camera string `json:"camera" minLength:"1" maxLength:"64" example:"cam-1"`
	}
}

// resetPrecision sets what was judged so far aside.
func (s *Server) resetPrecision(ctx context.Context, in *precisionReset) (*struct{}, error) {
	for field, text := range map[string]string{"body.rule": in.Body.Rule, "body.camera": in.Body.Camera} {
		if err := validText(field, text); err != nil {
			return nil, err
		}
	}
	return nil, s.alerts.ResetTrust(ctx, in.Body.Rule, in.Body.Camera, visitorOf(ctx).ID)
}
