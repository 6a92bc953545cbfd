package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gridwatch/alerts"
	"gridwatch/geo"

	"github.com/danielgtaylor/huma/v2"
)

const (
	maxNoteChars = 2000
	// maxFormBytes leaves room for the note and the form's own lines around a photo.
	maxFormBytes = maxPhotoBytes + 64<<10
)

// handleDoor describes the one door that takes a form, because an officer sends a photo with it.
func handleDoor() huma.Operation {
	note := &huma.Schema{Type: huma.TypeString, MaxLength: ptr(maxNoteChars)}
	photo := &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "JPEG, PNG or WebP, at most 8 MB."}
	op := door("POST /api/alerts/{id}/handle", "handle", "Say that the matter is dealt with",
		"With a note, and a photo if there is one. A repeat changes nothing.",
		pathParam("id", "integer"), gives("application/json"), fails(401, 403, 404, 413, 415, 422))
	op.RequestBody = &huma.RequestBody{Content: map[string]*huma.MediaType{
		"application/json": {Schema: &huma.Schema{
			Type: huma.TypeObject, Properties: map[string]*huma.Schema{"note": note}, AdditionalProperties: false,
		}},
		"multipart/form-data": {Schema: &huma.Schema{
			Type: huma.TypeObject, Properties: map[string]*huma.Schema{"note": note, "photo": photo},
			AdditionalProperties: false,
		}},
	}}
	return op
}

func ptr[T any](v T) *T { return &v }

// report is what an officer says when a matter is dealt with.
type report struct {
	note  string
	photo *photo
}

// handle takes a report. The alert is looked up before the photo is kept, so that nobody can fill the store with pictures
// for alerts that they may not touch.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		return geo.Invalid("path.id", "must be a whole number from 1")
	}
	report, err := readReport(w, r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	who := visitorOf(ctx)
	if _, _, err := s.alerts.Alert(ctx, id, who.Scope); err != nil {
		return err
	}
	kept, err := s.keep(ctx, report.photo)
	if err != nil {
		return err
	}
	if _, err := s.alerts.Handle(ctx, id, who.ID, who.Scope, report.note, kept); err != nil {
		return err
	}
	answer, err := s.getAlert(ctx, &alertPath{ID: id})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer.Body)
	return nil
}

// keep puts a photo into the blob store.
func (s *Server) keep(ctx context.Context, p *photo) (*alerts.Photo, error) {
	if p == nil {
		return nil, nil
	}
	sha, err := s.pictures.Put(ctx, p.data)
	if err != nil {
		return nil, fmt.Errorf("keep photo: %w", err)
	}
	return &alerts.Photo{SHA256: sha, Bytes: int64(len(p.data)), ContentType: p.kind, TakenAt: time.Now()}, nil
}

// readReport reads a JSON note, a form with note and photo, or nothing at all.
func readReport(w http.ResponseWriter, r *http.Request) (report, error) {
	if r.ContentLength == 0 {
		return report{}, nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case kind == "" || kind == "application/json":
		return readNote(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	case kind == "multipart/form-data" && err == nil && params["boundary"] != "":
		return readForm(multipart.NewReader(http.MaxBytesReader(w, r.Body, maxFormBytes), params["boundary"]))
	}
	return report{}, problem(http.StatusUnsupportedMediaType, "Send application/json or multipart/form-data.")
}

func readNote(body io.Reader) (report, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return report{}, unread(err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return report{}, nil
	}
	var note struct {
		Note string `json:"note"`
	}
	if err := decodeStrictly(data, &note); err != nil {
		return report{}, geo.Invalid("body", "%s", err)
	}
	return report{note: note.Note}, validNote("body.note", note.Note)
}

// decodeStrictly reads exactly one JSON value whose fields are all known.
func decodeStrictly(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one JSON value")
	}
	return nil
}

// readForm reads the parts of a form as they come. Each part may be there once, and no other may.
func readForm(form *multipart.Reader) (report, error) {
	var out report
	seen := map[string]bool{}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return report{}, unread(err)
		}
		name := part.FormName()
		if name != "note" && name != "photo" {
			return report{}, geo.Invalid("body."+strings.ToValidUTF8(name, "?"), "unexpected part: a form has note and photo")
		}
		if seen[name] {
			return report{}, geo.Invalid("body."+name, "is there twice")
		}
		seen[name] = true
		if name == "photo" {
			out.photo, err = readPhoto(part)
		} else {
			out.note, err = readNotePart(part)
		}
		if err != nil {
			return report{}, err
		}
	}
}

func readNotePart(part io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(part, 4*maxNoteChars+1))
	if err != nil {
		return "", unread(err)
	}
	return string(data), validNote("body.note", string(data))
}

func validNote(field, note string) error {
	if err := validText(field, note); err != nil {
		return err
	}
	if utf8.RuneCountInString(note) > maxNoteChars {
		return geo.Invalid(field, "must have at most %d characters", maxNoteChars)
	}
	return nil
}

// validText refuses what the database takes for no text.
func validText(field, text string) error {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return geo.Invalid(field, "must be text in UTF-8, without zero bytes")
	}
	return nil
}

// unread says why a body could not be read: it is too big, or it broke off or is no form.
func unread(err error) error {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return err
	}
	return geo.Invalid("body", "cannot be read: %s", err)
}
