package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
)

type newBacktest struct{ Body draftBody }

type backtestPath struct {
	ID int64 `path:"id" minimum:"1" example:"12"`
}

type (
	backtestAnswer     struct{ Body backtestView }
	backtestListAnswer struct{ Body backtestListView }
)

// beginBacktest checks a draft and lets it be tried in the background.
func (s *Server) beginBacktest(ctx context.Context, in *newBacktest) (*backtestAnswer, error) {
	fences, err := s.city.Fences(ctx)
	if err != nil {
		return nil, err
	}
	b, err := s.backtests.Begin(ctx, in.Body.draft(fences), visitorOf(ctx).ID)
	return s.showBacktest(ctx, b, err)
}

func (s *Server) listBacktests(ctx context.Context, _ *struct{}) (*backtestListAnswer, error) {
	all, err := s.backtests.Backtests(ctx)
	if err != nil {
		return nil, err
	}
	list := backtestListView{Items: make([]backtestView, 0, len(all))}
	for _, b := range all {
		list.Items = append(list.Items, backtestOf(b, nil))
	}
	return &backtestListAnswer{list}, nil
}

func (s *Server) getBacktest(ctx context.Context, in *backtestPath) (*backtestAnswer, error) {
	b, err := s.backtests.Backtest(ctx, in.ID)
	return s.showBacktest(ctx, b, err)
}

// publishBacktest puts a draft that was tried into force: cameras follow within seconds.
func (s *Server) publishBacktest(ctx context.Context, in *backtestPath) (*backtestAnswer, error) {
	b, err := s.backtests.Publish(ctx, in.ID, visitorOf(ctx).ID)
	return s.showBacktest(ctx, b, err)
}

// discardBacktest ends a draft, also while it is being tried.
func (s *Server) discardBacktest(ctx context.Context, in *backtestPath) (*backtestAnswer, error) {
	b, err := s.backtests.Discard(ctx, in.ID, visitorOf(ctx).ID)
	return s.showBacktest(ctx, b, err)
}

func (s *Server) showBacktest(ctx context.Context, b alerts.Backtest, err error) (*backtestAnswer, error) {
	if err != nil {
		return nil, err
	}
	cameras, err := s.cameras.Health(ctx, visitorOf(ctx).Scope)
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(cameras))
	for _, c := range cameras {
		names[c.ID] = c.Name
	}
	return &backtestAnswer{backtestOf(b, names)}, nil
}

// backtestPicture gives a small picture that a back-test shows, and records who looked.
func (s *Server) backtestPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return geo.Invalid("path.id", "must be a whole number from 1")
	}
	sha := r.PathValue("sha256")
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	if err := s.backtests.RecordView(ctx, id, sha, visitorOf(ctx).ID); err != nil {
		return err
	}
	picture, err := s.recordings.Picture(ctx, sha)
	if err != nil {
		return err
	}
	defer picture.Close()
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("ETag", `"`+sha+`"`)
	h.Set("Cache-Control", "private, immutable")
	http.ServeContent(w, r, "", time.Time{}, picture)
	return nil
}
