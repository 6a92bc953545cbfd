package web

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/paulmach/orb"
)

// setters may set cameras up. Watchers may see what cameras show, officers within their scope.
var (
	setters  = roles{alerts.Administrator}
	watchers = roles{alerts.Operator, alerts.Officer, alerts.Administrator}
)

type cameraPath struct {
	ID string `path:"id" maxLength:"200"`
}

type cameraSetupAnswer struct{ Body cameraSetupView }

// getCamera gives everything that is set up of a camera, but never a password.
func (s *Server) getCamera(ctx context.Context, in *cameraPath) (*cameraSetupAnswer, error) {
	camera, err := s.cameras.Camera(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &cameraSetupAnswer{s.cameraSetupOf(camera)}, nil
}

type newCamera struct{ Body cameraBody }

// addCamera gives the camera an id of its own.
func (s *Server) addCamera(ctx context.Context, in *newCamera) (*cameraSetupAnswer, error) {
	id := "cam-" + strings.ToLower(rand.Text()[:8])
	return s.storeCamera(ctx, vision.Camera{ID: id, View: vision.View{ID: id + "-1"}}, in.Body)
}

type changedCamera struct {
	ID   string `path:"id" maxLength:"200"`
	Body cameraBody
}

func (s *Server) putCamera(ctx context.Context, in *changedCamera) (*cameraSetupAnswer, error) {
	before, err := s.cameras.Camera(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return s.storeCamera(ctx, before, in.Body)
}

// storeCamera lays what was sent over what is known.
func (s *Server) storeCamera(ctx context.Context, before vision.Camera, sent cameraBody) (*cameraSetupAnswer, error) {
	camera, err := sent.over(before)
	if err != nil {
		return nil, err
	}
	if camera.Source, err = s.allowed(camera.Source, before.Source); err != nil {
		return nil, err
	}
	if err := s.cameras.PutCamera(ctx, camera); err != nil {
		return nil, err
	}
	s.lives.endOf(camera.ID)
	return s.getCamera(ctx, &cameraPath{camera.ID})
}

// allowed holds both streams of a source, where they are others than before, to what administrators may name.
func (s *Server) allowed(source, before vision.Source) (vision.Source, error) {
	if source.URL != before.URL {
		main, err := s.eyes.Source(source)
		if err != nil {
			return source, err
		}
		source.URL = main.URL
	}
	if source.Substream != "" && source.Substream != before.Substream {
		small, err := s.eyes.Source(vision.Source{URL: source.Substream})
		var invalid *geo.InvalidError
		if errors.As(err, &invalid) {
			err = geo.Invalid("substream", "%s", invalid.Rule)
		}
		if err != nil {
			return source, err
		}
		source.Substream = small.URL
	}
	return source, nil
}

// over is the camera with what was sent in place of what was there. A changed calibration must be good enough.
func (b cameraBody) over(before vision.Camera) (vision.Camera, error) {
	c := before
	c.Name, c.PlaceClass, c.Position, c.FPS = b.Name, b.PlaceClass, orb.Point{b.Lon, b.Lat}, b.FPS
	var err error
	if c.Source, err = b.sourceOver(before.Source); err != nil || b.Views == nil {
		return c, err
	}
	var views []vision.View
	for i, sent := range b.Views {
		view, err := sent.over(viewOf(before, sent.ID), c.Position)
		if err != nil {
			return c, within(err, "body.views", i)
		}
		views = append(views, view)
	}
	c.View, c.Views = views[0], nil
	if len(views) > 1 {
		c.Views = views
	}
	return c, nil
}

// sourceOver is the source with what was sent in place of what was there. What was left out stays.
func (b cameraBody) sourceOver(before vision.Source) (s vision.Source, err error) {
	s = before
	s.Loop = b.Loop
	if b.Source != "" {
		if s.URL, err = unmasked("body.source", b.Source, before.URL); err != nil {
			return s, err
		}
	}
	if b.Substream != nil {
		if s.Substream, err = unmasked("body.substream", *b.Substream, before.Substream); err != nil {
			return s, err
		}
	}
	switch b.Decode {
	case "":
	case decodeAuto:
		s.Decode = vision.DecodeAuto
	default:
		s.Decode = vision.Decode(b.Decode)
	}
	return s, nil
}

// unmasked is the address that was sent, or the known one where that came back as it is shown: without its password.
func unmasked(field, sent, known string) (string, error) {
	if sent == shownSource(known) {
		return known, nil
	}
	if strings.Contains(sent, hidden) {
		return "", geo.Invalid(field, "still has %s where the password belongs", hidden)
	}
	return sent, nil
}

// viewOf is the camera's view of that id, as it is known; an empty id is the camera's own.
func viewOf(c vision.Camera, id string) vision.View {
	if id == "" || id == c.View.ID {
		return c.View
	}
	if i := slices.IndexFunc(c.Views, func(v vision.View) bool { return v.ID == id }); i >= 0 {
		return c.Views[i]
	}
	return vision.View{ID: id}
}

func (b viewBody) over(view vision.View, camera orb.Point) (vision.View, error) {
	view.Masks = make([]orb.Ring, 0, len(b.Masks)) // Not nil: what was sent is what there shall be.
	for _, mask := range b.Masks {
		view.Masks = append(view.Masks, ringOf(mask))
	}
	if slices.Equal(b.Pairs, pairsOf(view.Pairs)) {
		return view, nil
	}
	view.Pairs = geoPairs(b.Pairs)
	if len(view.Pairs) == 0 {
		return view, nil
	}
	_, err := geo.Calibrate(view.Pairs, camera)
	return view, err
}

type nothing struct{}

func (s *Server) deleteCamera(ctx context.Context, in *cameraPath) (*nothing, error) {
	err := s.cameras.DeleteCamera(ctx, in.ID)
	s.lives.endOf(in.ID)
	return &nothing{}, err
}

// trialsAtOnce is how many sources are tried at the same time.
const trialsAtOnce = 2

type trialQuery struct{ Body trialBody }

type trialAnswer struct{ Body trialView }

// tryCamera opens a source and says what it shows. That it cannot be seen is an answer, not a failure.
func (s *Server) tryCamera(ctx context.Context, in *trialQuery) (*trialAnswer, error) {
	source := vision.Source{URL: in.Body.Source}
	if in.Body.Camera != "" {
		before, err := s.cameras.Camera(ctx, in.Body.Camera)
		if err != nil {
			return nil, err
		}
		for _, known := range []string{before.Source.URL, before.Source.Substream} {
			if known != "" && source.URL == shownSource(known) {
				before.Source.URL = known
				return s.try(ctx, before.Source)
			}
		}
	}
	if strings.Contains(source.URL, hidden) {
		return nil, geo.Invalid("body.source", "still has %s where the password belongs", hidden)
	}
	source, err := s.eyes.Source(source)
	if err != nil {
		return nil, err
	}
	return s.try(ctx, source)
}

// try waits its turn: a server that opens many connections at once at somebody's word is a tool for scanning.
func (s *Server) try(ctx context.Context, source vision.Source) (*trialAnswer, error) {
	select {
	case s.trials <- struct{}{}:
	default:
		return nil, problem(http.StatusTooManyRequests, "Another source is being tried. Wait a moment, then try again.")
	}
	defer func() { <-s.trials }()
	trial, err := s.eyes.Try(ctx, source)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return &trialAnswer{trialView{Reason: err.Error()}}, nil
	}
	picture := "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(trial.Look.JPEG)
	return &trialAnswer{trialView{OK: true, StillURL: &picture, Width: trial.Width, Height: trial.Height, FPS: trial.FPS, Codec: trial.Codec}}, nil
}
