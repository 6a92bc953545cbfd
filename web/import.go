package web

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"gridwatch/geo"
)

// maxImportBytes is the largest survey file that is taken.
const maxImportBytes = 256 << 20

// importParams are what may be said of a file.
var importParams = []string{"net", "crs", "format", "encoding", "title", "from"}

// beginImport takes a survey file in: the body is the file. What becomes of it is told by getImport.
func (s *Server) beginImport(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	for name := range query {
		if !slices.Contains(importParams, name) {
			return geo.Invalid("query."+name, "unknown query parameter")
		}
	}
	start := geo.DraftStart{Title: query.Get("title")}
	if from := query.Get("from"); from != "" {
		var err error
		if start.Planned, err = s.publication(from, time.Now()); err != nil {
			return err
		}
	}
	if r.ContentLength > maxImportBytes {
		return &http.MaxBytesError{Limit: maxImportBytes}
	}
	begun, err := s.imports.Begin(r.Context(), http.MaxBytesReader(w, r.Body, maxImportBytes), geo.Survey{
		Net: geo.Net(query.Get("net")), CRS: query.Get("crs"), Format: query.Get("format"), Encoding: query.Get("encoding"),
	}, start, actorOf(r.Context()))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", fmt.Sprintf("/api/imports/%d", begun.ID))
	w.WriteHeader(http.StatusAccepted)
	return json.NewEncoder(w).Encode(importOf(begun))
}

type (
	importPath struct {
		ID int64 `path:"id" minimum:"1" example:"3"`
	}
	importAnswer     struct{ Body importView }
	importListAnswer struct{ Body importListView }
)

func (s *Server) getImport(ctx context.Context, in *importPath) (*importAnswer, error) {
	found, err := s.imports.Import(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &importAnswer{importOf(found)}, nil
}

func (s *Server) listImports(ctx context.Context, _ *struct{}) (*importListAnswer, error) {
	list, err := s.imports.Imports(ctx)
	if err != nil {
		return nil, err
	}
	view := importListView{Items: make([]importView, 0, len(list))}
	for _, one := range list {
		view.Items = append(view.Items, importOf(one))
	}
	return &importListAnswer{view}, nil
}

type mendQuery struct {
	ID         int64   `path:"id" minimum:"1" example:"12"`
	ToleranceM float64 `query:"tolerance_m" minimum:"0.01" maximum:"10" default:"2" doc:"Wider faults are not offered to be mended."`
}

type mendAnswer struct{ Body mendListView }

// listMends tells what can be mended in an edition as it is now.
func (s *Server) listMends(ctx context.Context, in *mendQuery) (*mendAnswer, error) {
	mends, edition, err := s.editions.Mends(ctx, in.ID, in.ToleranceM)
	if err != nil {
		return nil, err
	}
	return &mendAnswer{mendsOf(mends, edition, in.ToleranceM)}, nil
}

type acceptedMends struct {
	ID   int64 `path:"id" minimum:"1" example:"12"`
	Body struct {
		BaseVersion int64             `json:"base_version" minimum:"1" example:"1" doc:"The draft's version that the mends were listed of."`
		IDs         []string          `json:"ids" minItems:"1" maxItems:"100000" example:"[\"2x3k9q\"]"`
		Into        map[string]string `json:"into,omitempty" doc:"By a mend's id, the code of another of its grids that gets the ground than the offered one."`
		ToleranceM  float64           `json:"tolerance_m,omitempty" minimum:"0.01" maximum:"10" default:"2"`
	}
}

// acceptMends does what a person accepts, all or none.
func (s *Server) acceptMends(ctx context.Context, in *acceptedMends) (*editedAnswer, error) {
	accepted := make([]geo.Acceptance, 0, len(in.Body.IDs))
	for _, id := range in.Body.IDs {
		accepted = append(accepted, geo.Acceptance{ID: id, Into: in.Body.Into[id]})
	}
	edited, err := s.editions.AcceptMends(ctx, in.ID, in.Body.BaseVersion, in.Body.ToleranceM, accepted, actorOf(ctx))
	return s.showEdited(ctx, edited, err)
}

// exportEdition writes an edition as a file that other programs read.
func (s *Server) exportEdition(w http.ResponseWriter, r *http.Request) error {
	query := r.URL.Query()
	for name := range query {
		if !slices.Contains([]string{"format", "crs", "encoding"}, name) {
			return geo.Invalid("query."+name, "unknown query parameter")
		}
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return geo.ErrNotFound
	}
	as, err := geo.ParseExport(query.Get("format"), query.Get("crs"), query.Get("encoding"))
	if err != nil {
		return err
	}
	grids, edition, err := s.editions.Grids(r.Context(), id)
	if err != nil {
		return err
	}
	// Written as a whole first: half a file would look like one.
	file, err := os.CreateTemp("", "gridwatch-export-")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := as.Write(r.Context(), file, grids); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	name := as.FileName(fmt.Sprintf("gridwatch-%s-%d-v%d", edition.Net, edition.ID, edition.Version))
	w.Header().Set("Content-Type", as.MediaType())
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	_, err = io.Copy(w, file)
	return err
}
