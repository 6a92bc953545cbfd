package web

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"gridwatch/alerts"
)

// formPart is one part of a form, as an upload writes it.
type formPart struct {
	name, file, kind string
	data             []byte
}

// form is a multipart body and its media type.
func form(t testing.TB, parts ...formPart) (io.Reader, string) {
	t.Helper()
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for _, p := range parts {
		header := textproto.MIMEHeader{}
		disposition := fmt.Sprintf(`form-data; name=%q`, p.name)
		if p.file != "" {
			disposition += fmt.Sprintf(`; filename=%q`, p.file)
		}
		header.Set("Content-Disposition", disposition)
		if p.kind != "" {
			header.Set("Content-Type", p.kind)
		}
		part, err := writer.CreatePart(header)
		if err != nil {
			t.Fatal(err)
		}
		part.Write(p.data)
	}
	writer.Close()
	return &body, writer.FormDataContentType()
}

func (c *client) upload(path string, parts ...formPart) reply {
	c.w.t.Helper()
	body, kind := form(c.w.t, parts...)
	return c.do("POST", path, body, "Content-Type", kind)
}

func TestHandling_GoesForwardOnceEach(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west")

	got := read[alertDetailView](t, west.post(alertURL(a, "/acknowledge"), map[string]string{"note": "在路上"}))
	if got.Handling != "acknowledged" || got.AcknowledgedBy == nil || got.AcknowledgedBy.Name != "west" || got.AcknowledgedAt == nil {
		t.Fatalf("acknowledged: %+v", got)
	}
	w.event(alerts.AlertAcknowledged)
	again := read[alertDetailView](t, west.do("POST", alertURL(a, "/acknowledge"), nil)) // Without any body.
	if len(again.Events) != len(got.Events) || !again.AcknowledgedAt.Equal(*got.AcknowledgedAt) {
		t.Fatalf("a repeat changed the alert: %+v", again)
	}
	got = read[alertDetailView](t, west.post(alertURL(a, "/arrive"), struct{}{}))
	if got.Handling != "arrived" || got.ArrivedAt == nil {
		t.Fatalf("arrived: %+v", got)
	}
	w.event(alerts.AlertArrived)
	got = read[alertDetailView](t, west.post(alertURL(a, "/handle"), map[string]string{"note": "已清走"}))
	w.event(alerts.AlertHandled)
	if got.Handling != "handled" || got.HandledAt == nil || got.State != "raised" {
		t.Fatalf("handled: %+v", got)
	}
	last := got.Events[len(got.Events)-1]
	if last.Type != "alert.handled" || last.Note != "已清走" || last.Person == nil || last.Person.Name != "west" {
		t.Fatalf("last event %+v", last)
	}
}

func TestHandle_KeepsThePhoto(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	picture := smallPNG(t)
	answer := w.as("west").upload(alertURL(a, "/handle"),
		formPart{name: "note", data: []byte("已清走")},
		formPart{name: "photo", file: "photo.jpg", kind: "image/jpeg", data: picture})
	if answer.status != http.StatusOK {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	got := read[alertDetailView](t, answer)
	last := got.Evidence[len(got.Evidence)-1]
	if last.Kind != "photo" || last.ContentType != "image/png" || last.Bytes != int64(len(picture)) {
		t.Fatalf("evidence %+v", last) // The bytes say what it is, not the upload.
	}
	shown := w.as("operator").get(last.URL)
	if shown.status != http.StatusOK || !bytes.Equal(shown.body, picture) || shown.header.Get("Content-Type") != "image/png" {
		t.Fatalf("%d %v", shown.status, shown.header)
	}
}

func TestHandle_RefusesReports(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	west := w.as("west")
	url := alertURL(a, "/handle")
	photo := formPart{name: "photo", file: "a.jpg", data: smallJPEG()}
	tests := []struct {
		name     string
		send     func() reply
		status   int
		location string
	}{
		{"script as a picture", func() reply {
			return west.upload(url, formPart{name: "photo", file: "a.jpg", kind: "image/jpeg", data: []byte("<script>alert(1)</script>")})
		}, 422, "body.photo"},
		{"two photos", func() reply { return west.upload(url, photo, photo) }, 422, "body.photo"},
		{"unknown part", func() reply { return west.upload(url, formPart{name: "officer", data: []byte("7")}) }, 422, "body.officer"},
		{"photo of 9 MB", func() reply {
			return west.upload(url, formPart{name: "photo", file: "a.jpg", data: append(smallJPEG(), make([]byte, 9<<20)...)})
		}, 413, ""},
		{"note that is no text", func() reply { return west.upload(url, formPart{name: "note", data: []byte{0xff, 0xfe}}) }, 422, "body.note"},
		{"long note", func() reply { return west.post(url, map[string]string{"note": strings.Repeat("长", 2001)}) }, 422, "body.note"},
		{"long note in a form", func() reply {
			return west.upload(url, formPart{name: "note", data: []byte(strings.Repeat("长", 2001))})
		}, 422, "body.note"},
		{"note with a zero byte", func() reply { return west.post(url, map[string]string{"note": "a\x00b"}) }, 422, "body.note"},
		{"unknown field", func() reply { return west.post(url, map[string]any{"note": "x", "state": "cleared"}) }, 422, "body"},
		{"two values", func() reply {
			return west.do("POST", url, strings.NewReader(`{"note":"a"}{"note":"b"}`), "Content-Type", "application/json")
		}, 422, "body"},
		{"form that breaks off", func() reply {
			return west.do("POST", url, strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhal"),
				"Content-Type", "multipart/form-data; boundary=b")
		}, 422, "body"},
		{"form without boundary", func() reply {
			return west.do("POST", url, strings.NewReader("x"), "Content-Type", "multipart/form-data")
		}, 415, ""},
		{"other media type", func() reply {
			return west.do("POST", url, strings.NewReader("<note/>"), "Content-Type", "application/xml")
		}, 415, ""},
		{"no number", func() reply { return west.post("/api/alerts/x/handle", struct{}{}) }, 422, "path.id"},
		{"no such alert", func() reply { return west.post("/api/alerts/999999/handle", struct{}{}) }, 404, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := wantProblem(t, test.send(), test.status)
			if test.location != "" && (len(p.Errors) == 0 || p.Errors[0].Location != test.location) {
				t.Errorf("errors %+v; want one at %s", p.Errors, test.location)
			}
		})
	}
	after := read[alertDetailView](t, west.get(alertURL(a, "")))
	if after.Handling != "new" || len(after.Evidence) != 1 {
		t.Fatalf("a refused report changed the alert: %+v", after)
	}
}

func TestHandle_KeepsNoPictureForWhoMayNotTouchTheAlert(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ", "west-cam", westPoint)
	picture := smallPNG(t)
	kept, err := w.pictures.Put(t.Context(), picture) // To learn its name.
	w.must(err)
	w.must(w.pictures.Delete(t.Context(), kept))
	wantProblem(t, w.as("east").upload(alertURL(a, "/handle"), formPart{name: "photo", file: "a.png", data: picture}), http.StatusNotFound)
	if file, err := w.pictures.Open(t.Context(), kept); err == nil {
		file.Close()
		t.Fatal("the picture was kept")
	}
}

func FuzzReadForm(f *testing.F) {
	body, _ := form(f, formPart{name: "note", data: []byte("x")}, formPart{name: "photo", file: "a", data: smallJPEG()})
	whole, _ := io.ReadAll(body)
	boundary := strings.TrimPrefix(strings.SplitN(string(whole), "\r\n", 2)[0], "--")
	f.Add(whole, boundary)
	f.Add([]byte("--b\r\n\r\n--b--"), "b")
	f.Fuzz(func(t *testing.T, data []byte, boundary string) {
		if boundary == "" {
			return
		}
		r, err := readForm(multipart.NewReader(bytes.NewReader(data), boundary))
		if err != nil {
			if p := problemOf(err); p.Status != 422 && p.Status != 413 {
				t.Fatalf("%d: %v", p.Status, err)
			}
			return
		}
		if validNote("note", r.note) != nil || r.photo != nil && !pictureKinds[r.photo.kind] {
			t.Fatalf("taken: %+v", r)
		}
	})
}
