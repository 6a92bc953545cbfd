package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"gridwatch/alerts"
)

// pageNames are the pages and whether they need a session. Each is an entry of the front-end's build.
var pageNames = []struct {
	name   string
	signed bool
}{{"login", false}, {"trust", false}, {"centre", true}, {"officer", true}, {"planner", true}, {"rules", true}, {"cameras", true}}

// home is the page that a role begins on.
var home = map[alerts.Role]string{
	alerts.Operator: "/centre/", alerts.Administrator: "/centre/", alerts.Officer: "/officer/", alerts.Planner: "/planner/",
}

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gridwatch</title>
<h1>Gridwatch 网格哨</h1><p>This program was built without its pages. Run <code>make</code>, which builds them, and start again.</p>
<p>这个程序构建时没有包含网页。请运行 <code>make</code> 后重新启动。</p></html>`

// page is one file of the front-end, held with what a browser needs to ask whether it changed.
type page struct {
	data []byte
	kind string
	etag string
}

// loadPages reads the built front-end; a build without it has the notice in place of every page.
func loadPages(files fs.FS) (map[string]page, error) {
	pages := map[string]page{}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		pages[name] = newPage(name, data)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	for _, p := range pageNames {
		index := p.name + "/index.html"
		if _, built := pages[index]; !built {
			pages[index] = newPage(index, []byte(unbuilt))
		}
	}
	return pages, nil
}

func newPage(name string, data []byte) page {
	kind := mime.TypeByExtension(path.Ext(name))
	switch path.Ext(name) { // The machine's own table may lack these, or have them otherwise.
	case ".js", ".mjs":
		kind = "text/javascript; charset=utf-8"
	case ".webmanifest":
		kind = "application/manifest+json"
	case "":
		kind = "text/plain; charset=utf-8"
	}
	sum := sha256.Sum256(data)
	return page{data: data, kind: kind, etag: `W/"` + hex.EncodeToString(sum[:8]) + `"`}
}

// pageRoutes serves the front-end: pages, their hashed assets, and the single files beside them (a service worker, an
// icon).
func (s *Server) pageRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", s.front)
	for _, p := range pageNames {
		mux.HandleFunc("GET /"+p.name+"/{$}", s.showPage(p.name+"/index.html", p.signed))
	}
	mux.HandleFunc("GET /assets/{file...}", func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, "assets/"+r.PathValue("file"), "public, max-age=31536000, immutable")
	})
	for name := range s.pages {
		if !strings.Contains(name, "/") {
			mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, name, "no-cache") })
		}
	}
}

// front sends a person to the page of their role, and everyone else to sign in.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	to := "/login/"
	if person, _, err := s.person(r); err == nil {
		to = home[person.Role]
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

func (s *Server) showPage(name string, signed bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if signed {
			if _, _, err := s.person(r); err != nil {
				if p := s.fail(r.Context(), err); p.Status != http.StatusUnauthorized {
					writeProblem(w, p)
					return
				}
				http.Redirect(w, r, "/login/?next="+url.QueryEscape(r.URL.Path), http.StatusSeeOther)
				return
			}
		}
		s.serve(w, r, name, "no-cache")
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, name, cache string) {
	file, ok := s.pages[name]
	if !ok {
		writeProblem(w, problem(http.StatusNotFound, "There is no such file."))
		return
	}
	w.Header().Set("Content-Type", file.kind)
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("ETag", file.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file.data))
}
