package web

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"gridwatch/geo"
	"gridwatch/vision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/paulmach/orb"
)

// cameraBody is what an administrator says of a camera.
type cameraBody struct {
	Name       string     `json:"name" minLength:"1" maxLength:"200" example:"辛东社区东门"`
	Lon        float64    `json:"lon" minimum:"-180" maximum:"180" example:"118.3061"`
	Lat        float64    `json:"lat" minimum:"-90" maximum:"90" example:"36.8212"`
	PlaceClass string     `json:"place_class" minLength:"1" maxLength:"200" example:"main_road"`
	Source     string     `json:"source" required:"false" maxLength:"2048" doc:"rtsp://, http(s)://, or a file of the folder that the configuration names. Empty, or as it was shown, leaves it as it is."`
	Substream  *string    `json:"substream" required:"false" maxLength:"2048" doc:"A smaller stream of the same picture, watched in place of the source while it can be had. Left out, or as it was shown, it stays as it is; empty, there is none."`
	Decode     string     `json:"decode" required:"false" enum:"auto,keyframes,all" doc:"Which frames are decoded; auto takes key frames alone where there are enough. Left out, it stays as it is."`
	Loop       bool       `json:"loop" required:"false" doc:"A file begins again at its end."`
	FPS        float64    `json:"fps" required:"false" minimum:"0" maximum:"30" doc:"Frames a second that are looked at; 0 takes the default of 2."`
	Views      []viewBody `json:"views" required:"false" minItems:"1" maxItems:"32" doc:"Left out, they stay as they are."`
}

type viewBody struct {
	ID    string         `json:"id" required:"false" maxLength:"200" doc:"Empty is the camera's own view."`
	Pairs []pairView     `json:"pairs" nullable:"false" maxItems:"100"`
	Masks [][][2]float64 `json:"masks" nullable:"false" maxItems:"64" doc:"Outlines on the frame, 0..1, black before anything sees it."`
}

// pairView ties a pixel to a place.
type pairView struct {
	Pixel  [2]float64 `json:"pixel" doc:"0..1, y down."`
	LonLat [2]float64 `json:"lonlat"`
}

// cameraSetupView is everything that is set up of a camera.
type cameraSetupView struct {
	ID         string      `json:"id" example:"cam-1"`
	Name       string      `json:"name" example:"辛东社区东门"`
	Lon        float64     `json:"lon" example:"118.3061"`
	Lat        float64     `json:"lat" example:"36.8212"`
	PlaceClass string      `json:"place_class"`
	Composed   bool        `json:"composed" doc:"The scene is composed, not filmed."`
	Source     string      `json:"source" doc:"Without its password." example:"rtsp://admin:***@10.1.2.3/1"`
	Substream  string      `json:"substream" doc:"A smaller stream that is watched in its place, without its password; empty where there is none." example:"rtsp://admin:***@10.1.2.3/2"`
	Decode     string      `json:"decode" enum:"auto,keyframes,all"`
	Loop       bool        `json:"loop"`
	FPS        float64     `json:"fps" example:"2"`
	Views      []setupView `json:"views" nullable:"false"`

	Decoded *decodedView `json:"decoded" doc:"What that comes to: what is decoded of it now; null while no frame comes."`
}

// TransformSchema says which objects may be null.
func (cameraSetupView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "decoded")
}

type decodedView struct {
	Stream string `json:"stream" enum:"source,substream"`
	Width  int    `json:"width" doc:"Of the frames that are looked at, pixels; wider pictures are scaled down."`
	Height int    `json:"height"`
}

type setupView struct {
	ID        string         `json:"id" example:"cam-1-1"`
	Pairs     []pairView     `json:"pairs" nullable:"false"`
	Masks     [][][2]float64 `json:"masks" nullable:"false"`
	ResidualM *float64       `json:"residual_m" doc:"Error of the calibration over its own pairs, root mean square, metres; null without one."`
	LeftOutM  *float64       `json:"leave_one_out_m" doc:"The same with each pair left out of its own solution; null for four pairs."`
	Cone      *geometry      `json:"cone" doc:"The ground that it shows, as a GeoJSON Polygon; null without a calibration."`
	Reference *string        `json:"reference_url" doc:"The picture by which a camera that was knocked is found out; null before it has looked there for a while."`
}

// TransformSchema says which objects may be null.
func (setupView) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	return nullable(s, "cone")
}

func (s *Server) cameraSetupOf(c vision.Camera) cameraSetupView {
	v := cameraSetupView{
		ID: c.ID, Name: c.Name, Lon: c.Position.Lon(), Lat: c.Position.Lat(), PlaceClass: c.PlaceClass, Composed: c.Composed,
		Source: shownSource(c.Source.URL), Substream: shownSource(c.Source.Substream), Decode: string(c.Source.Decode),
		Loop: c.Source.Loop, FPS: c.FPS, Views: []setupView{},
	}
	if c.Source.Decode == vision.DecodeAuto {
		v.Decode = decodeAuto
	}
	for _, view := range viewsOf(c) {
		v.Views = append(v.Views, setupViewOf(c.ID, view))
	}
	if d, ok := s.eyes.Decoded(c); ok {
		v.Decoded = &decodedView{Stream: string(d.Stream), Width: d.Size.X, Height: d.Size.Y}
	}
	return v
}

// decodeAuto is what vision.DecodeAuto, the empty word, is called in JSON.
const decodeAuto = "auto"

// viewsOf are all views of the camera.
func viewsOf(c vision.Camera) []vision.View {
	if len(c.Views) > 0 {
		return c.Views
	}
	return []vision.View{c.View}
}

func setupViewOf(cameraID string, view vision.View) setupView {
	v := setupView{ID: view.ID, Pairs: pairsOf(view.Pairs), Masks: [][][2]float64{}, Reference: pictureURL(cameraID, view.Reference)}
	for _, mask := range view.Masks {
		v.Masks = append(v.Masks, corners(mask))
	}
	if g := view.Ground; g != nil {
		v.ResidualM, v.Cone = &g.ResidualM, coneOf(g)
		if g.LeaveOneOutOK {
			v.LeftOutM = &g.LeaveOneOutM
		}
	}
	return v
}

func coneOf(g *geo.Ground) *geometry {
	cone := g.Cone()
	if len(cone) == 0 {
		return nil
	}
	return geometryOf(cone)
}

func pairsOf(pairs []geo.Pair) []pairView {
	views := make([]pairView, 0, len(pairs))
	for _, p := range pairs {
		views = append(views, pairView{Pixel: p.Pixel, LonLat: p.LonLat})
	}
	return views
}

func geoPairs(sent []pairView) []geo.Pair {
	pairs := make([]geo.Pair, 0, len(sent))
	for _, p := range sent {
		pairs = append(pairs, geo.Pair{Pixel: p.Pixel, LonLat: p.LonLat})
	}
	return pairs
}

func corners(ring orb.Ring) [][2]float64 {
	out := make([][2]float64, 0, len(ring))
	for _, p := range ring {
		out = append(out, p)
	}
	return out
}

func ringOf(corners [][2]float64) orb.Ring {
	ring := make(orb.Ring, 0, len(corners))
	for _, p := range corners {
		ring = append(ring, p)
	}
	return ring
}

// trialBody names a source to be tried.
type trialBody struct {
	Source string `json:"source" minLength:"1" maxLength:"2048" example:"rtsp://admin:secret@10.1.2.3/1"`
	Camera string `json:"camera" required:"false" maxLength:"200" doc:"The camera whose source or substream it is: its password need not be typed again."`
}

type trialView struct {
	OK       bool    `json:"ok"`
	StillURL *string `json:"still_url" doc:"Its first picture, as a data URL; null where there is none."`
	Reason   string  `json:"reason" doc:"Why it cannot be seen."`
	Width    int     `json:"width"`
	Height   int     `json:"height"`
	FPS      float64 `json:"fps" doc:"0 where the source says none."`
	Codec    string  `json:"codec" example:"h264" doc:"Empty where it could not be told."`
}

// hidden stands where a password is.
const hidden = "***"

// inSource finds what may be a password in the path or query of a source: many cameras take it there.
var inSource = regexp.MustCompile(`(?i)((?:pass|passwd|password|pwd|psw|token|secret|key|auth)=)[^&/;]*`)

// shownSource is a source's URL as it may be shown, without passwords.
func shownSource(source string) string {
	u, err := url.Parse(source)
	if err != nil {
		return hidden // A password with signs that no URL has.
	}
	shown := source
	if u.User != nil {
		login := url.User(u.User.Username()).String()
		if _, has := u.User.Password(); has {
			login += ":" + hidden
		}
		shown = u.Scheme + "://" + login + "@" + userPart.ReplaceAllString(source, "")
	}
	return inSource.ReplaceAllString(shown, "${1}"+hidden)
}

// userPart is a URL up to the end of its login.
var userPart = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*@`)

// within names the item of a list in which a rule was broken.
func within(err error, list string, i int) error {
	var invalid *geo.InvalidError
	if errors.As(err, &invalid) {
		return geo.Invalid(fmt.Sprintf("%s[%d].%s", list, i, invalid.Field), "%s", invalid.Rule)
	}
	return err
}
