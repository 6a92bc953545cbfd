package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

type conditionView struct {
	Code      string    `json:"code" example:"moved" enum:"empty,dark,overexposed,blurred,covered,frozen,moved,off_view"`
	View      *string   `json:"view" doc:"The view that it is of; null off every known view."`
	Since     time.Time `json:"since" doc:"Time of the first picture that showed it."`
	Reference *string   `json:"reference_url" doc:"How the view should look; null where that is not known."`
	Current   *string   `json:"current_url" doc:"How it looks; null where no picture was kept."`
}

// TransformSchema says which fields may be null.
func (conditionView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s)
}

func conditionOf(cameraID string, c *alerts.Condition) *conditionView {
	if c == nil {
		return nil
	}
	view := &conditionView{
		Code: c.Code, Since: c.Since.UTC(), Reference: pictureURL(cameraID, c.Reference), Current: pictureURL(cameraID, c.Current),
	}
	if c.ViewID != "" {
		view.View = &c.ViewID
	}
	return view
}

func pictureURL(cameraID, sha256 string) *string {
	if sha256 == "" {
		return nil
	}
	url := "/api/cameras/" + cameraID + "/pictures/" + sha256
	return &url
}

type referenceRequest struct {
	ID   string `path:"id" maxLength:"200"`
	Body *referenceBody
}

type referenceBody struct {
	View            string `json:"view,omitempty" maxLength:"200" doc:"The view that the picture shall stand for; may be left out unless the camera has several."`
	KeepCalibration bool   `json:"keep_calibration,omitempty" doc:"The calibration is known to hold. Otherwise that of a view that has moved is taken away: it was measured in another pose."`
}

type cameraItemAnswer struct{ Body cameraView }

// acceptReference takes what a camera in trouble shows for what it shall show from now on.
func (s *Server) acceptReference(ctx context.Context, in *referenceRequest) (*cameraItemAnswer, error) {
	who := visitorOf(ctx)
	accepted := alerts.Acceptance{PersonID: who.ID}
	if in.Body != nil {
		accepted.ViewID, accepted.KeepCalibration = in.Body.View, in.Body.KeepCalibration
	}
	camera, err := s.cameras.AcceptReference(ctx, in.ID, accepted, who.Scope)
	if err != nil {
		return nil, err
	}
	return &cameraItemAnswer{cameraOf(camera)}, nil
}

var sha256Form = regexp.MustCompile(`^[0-9a-f]{64}$`)

// cameraPicture gives a picture that stands for a view of a camera, or shows what is wrong with it, and records who looked.
func (s *Server) cameraPicture(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	id, sum := r.PathValue("id"), r.PathValue("sha256")
	if !sha256Form.MatchString(sum) {
		return geo.Invalid("path.sha256", "must be 64 hexadecimal digits in lower case")
	}
	who := visitorOf(ctx)
	if err := s.cameras.Picture(ctx, id, sum, who.Scope); err != nil {
		return err
	}
	picture, err := s.pictures.Open(ctx, sum)
	if err != nil {
		return fmt.Errorf("picture of camera %q: %w", id, err)
	}
	defer picture.Close()
	if err := s.cameras.RecordPictureView(ctx, id, sum, who.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("ETag", `"`+sum+`"`)
	h.Set("Cache-Control", "private, no-cache")
	http.ServeContent(w, r, "", time.Time{}, picture)
	return nil
}
