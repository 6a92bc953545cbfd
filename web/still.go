package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"gridwatch/alerts"
	"gridwatch/vision"
)

// Eyes is what the cameras show now. What it gives has the masks black.
type Eyes interface {
	// Source returns the source as it is to be stored, or says why an administrator may not name it.
	Source(s vision.Source) (vision.Source, error)
	Try(ctx context.Context, s vision.Source) (vision.Trial, error)
	Still(ctx context.Context, c vision.Camera) (vision.Look, error)
	// Decoded is what is decoded of the camera now; ok is false where this process decodes nothing of it.
	Decoded(c vision.Camera) (d vision.Decoded, ok bool)
	// Watch shows each picture until ctx ends, the camera fails or show does.
	Watch(ctx context.Context, c vision.Camera, show func(vision.Look) error) error
	// Passthrough is the camera's own H.264; errors that wrap vision.ErrNoPassthrough say why there is none.
	Passthrough(c vision.Camera) (Stream, error)
}

// Stream is a camera's H.264, picture by picture in Annex B form.
type Stream interface {
	Next(ctx context.Context) ([]byte, error)
	Close() error
}

// cameraInScope is the camera, where the visitor may see it. One outside their scope looks like one that is not there.
func (s *Server) cameraInScope(ctx context.Context, id string) (vision.Camera, error) {
	health, err := s.cameras.Health(ctx, visitorOf(ctx).Scope)
	if err != nil {
		return vision.Camera{}, err
	}
	if !slices.ContainsFunc(health, func(h alerts.CameraHealth) bool { return h.ID == id }) {
		return vision.Camera{}, fmt.Errorf("camera %q: %w", id, alerts.ErrNotFound)
	}
	return s.cameras.Camera(ctx, id)
}

// unseen says why a camera shows nothing now. It is the camera's trouble, not this program's.
func unseen(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return problem(http.StatusConflict, "The camera sent no picture in time.")
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return problem(http.StatusConflict, "The camera cannot be seen: "+err.Error()+".")
}

// still gives the camera's newest picture.
func (s *Server) still(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	camera, err := s.cameraInScope(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	look, err := s.eyes.Still(ctx, camera)
	if err != nil {
		return unseen(ctx, err)
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Content-Length", strconv.Itoa(len(look.JPEG)))
	h.Set("Last-Modified", look.At.UTC().Format(http.TimeFormat))
	w.Write(look.JPEG)
	return nil
}

const (
	liveLonger  = 10 * time.Minute // Then the page asks whether anybody still looks.
	livePatient = 20 * time.Second // For the first picture.
	liveSlow    = 10 * time.Second // A browser that takes so long for one picture is gone.
)

// boundary parts the pictures of an endless answer.
const boundary = "gridwatch"

// liveMJPEG shows the camera as an endless answer of pictures.
func (s *Server) liveMJPEG(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), liveLonger)
	defer cancel()
	camera, err := s.cameraInScope(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	ctx, leave, err := s.lives.enter(ctx, camera.ID)
	if err != nil {
		return err
	}
	defer leave()
	ctx, gone := context.WithCancelCause(ctx)
	defer gone(nil)
	late := time.AfterFunc(livePatient, func() { gone(context.DeadlineExceeded) })
	defer late.Stop()
	go s.endWithSession(ctx, visitorOf(ctx).token, gone)

	begun := false
	out := http.NewResponseController(w)
	err = s.eyes.Watch(ctx, camera, func(look vision.Look) error {
		if !begun {
			late.Stop()
			begun = true
			w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary="+boundary)
		}
		out.SetWriteDeadline(time.Now().Add(liveSlow)) // The server's own would end the answer after two minutes.
		fmt.Fprintf(w, "--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n", boundary, len(look.JPEG))
		w.Write(look.JPEG)
		if _, err := w.Write([]byte("\r\n")); err != nil {
			return err
		}
		return out.Flush()
	})
	if begun {
		return nil // The answer is out; its end says that it is over.
	}
	return unseen(ctx, err)
}

// endWithSession calls gone when the session of who looks has ended.
func (s *Server) endWithSession(ctx context.Context, token string, gone context.CancelCauseFunc) {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if ended, err := s.people.Ended(ctx, []string{token}); err == nil && len(ended) > 0 {
			gone(alerts.ErrSignedOut)
		}
	}
}
