package web

import (
	"context"
	"time"
)

type addedViewAnswer struct{ Body addedViewView }

type addedViewView struct {
	View      string          `json:"view" example:"cam-1-2"`
	Reference string          `json:"reference_url" doc:"The picture that stands for it."`
	At        time.Time       `json:"at" doc:"When it was taken."`
	Camera    cameraSetupView `json:"camera"`
}

// addView takes the pose that the camera shows now as a new view of it.
func (s *Server) addView(ctx context.Context, in *cameraPath) (*addedViewAnswer, error) {
	camera, err := s.cameraInScope(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	look, err := s.eyes.Still(ctx, camera)
	if err != nil {
		return nil, unseen(ctx, err)
	}
	sum, err := s.pictures.Put(ctx, look.JPEG)
	if err != nil {
		return nil, err
	}
	view, err := s.cameras.AddView(ctx, in.ID, sum, visitorOf(ctx).ID)
	if err != nil {
		return nil, err
	}
	if camera, err = s.cameras.Camera(ctx, in.ID); err != nil {
		return nil, err
	}
	return &addedViewAnswer{addedViewView{
		View: view, Reference: *pictureURL(in.ID, sum), At: look.At.UTC(), Camera: s.cameraSetupOf(camera),
	}}, nil
}
