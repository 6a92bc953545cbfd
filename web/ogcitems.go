package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gridwatch/geo"
)

// ogcChunk is how many features are read from the database at once. Between two chunks no connection is held, so that a
// slow caller costs no more than this much memory.
const ogcChunk = 500

// ogcItems writes one page of a collection, as it comes from the database.
func (s *Server) ogcItems(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), requestTime)
	defer cancel()
	set, err := s.ogcSet(ctx, r.PathValue("collection"))
	if err != nil {
		return err
	}
	asked, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return badQuery("query", "is not written as a query is")
	}
	zone, err := time.LoadLocation(s.district.Timezone)
	if err != nil {
		return err
	}
	q, err := readOGCQuery(set.FeatureSet, asked, time.Now().Truncate(time.Microsecond), zone)
	if err != nil {
		return err
	}
	see := set.choose(ctx)
	q.Scope, q.Draft = see.Scope, see.Draft
	matched, err := s.city.CountFeatures(ctx, set.FeatureSet, q.FeatureQuery)
	if err != nil {
		return err
	}
	page := &ogcPage{out: bufio.NewWriter(w), set: set}
	read := func() (chunk []geo.Feature, more bool, err error) {
		want := min(ogcChunk, q.limit-page.returned)
		chunk, err = s.city.Features(ctx, set.FeatureSet, q.FeatureQuery, want+1)
		return chunk[:min(len(chunk), want)], len(chunk) > want, err
	}
	chunk, more, err := read()
	if err != nil {
		return err
	}
	contentCRS(w, q.crs)
	w.Header().Set("Content-Type", geoJSONType)
	page.begin(matched)
	for {
		for _, f := range chunk {
			page.feature(f)
			q.After = f.Place
		}
		if page.out.Flush() != nil {
			return nil // The caller has left.
		}
		if !more || page.returned == q.limit {
			break
		}
		if chunk, more, err = read(); err != nil {
			panic(fmt.Errorf("page of %s broke off: %w", set.Name, err)) // Half of it is out: it must not look whole.
		}
	}
	at := s.ogcAddress(r, "/collections/", set.Name)
	links := []ogcLink{
		{withQuery(at+"/items", asked), "self", geoJSONType, "This page"},
		{s.ogcPerson(r, set), "alternate", "text/html", "For people, on the map"},
		{at, "collection", jsonType, set.title},
	}
	if more {
		next := withParam(q.asked, "cursor", cursorText(q.After))
		links = append(links, ogcLink{withQuery(at+"/items", next), "next", geoJSONType, "The next page"})
	}
	page.end(links)
	return nil
}

// ogcPerson is the page on which people see a collection.
func (s *Server) ogcPerson(r *http.Request, set ogcSet) string {
	page := "planner"
	if set.Name == "alerts" || set.Name == "cameras" {
		page = "centre"
	}
	scheme := "http"
	if s.secure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + "/" + page + "/"
}

// ogcPage writes a FeatureCollection piece by piece.
type ogcPage struct {
	out      *bufio.Writer
	set      ogcSet
	returned int
}

func (p *ogcPage) begin(matched int) {
	fmt.Fprintf(p.out, `{"type":"FeatureCollection","timeStamp":%q,"numberMatched":%d,"features":[`,
		time.Now().UTC().Format(time.RFC3339), matched)
}

func (p *ogcPage) feature(f geo.Feature) {
	if p.returned > 0 {
		p.out.WriteByte(',')
	}
	p.out.WriteString("\n" + `{"type":"Feature","id":`)
	p.out.Write(p.set.idJSON(f.ID))
	p.out.WriteString(`,"geometry":`)
	p.out.Write(f.Geometry)
	p.out.WriteString(`,"properties":`)
	p.out.Write(f.Properties)
	p.out.WriteByte('}')
	p.returned++
}

func (p *ogcPage) end(links []ogcLink) {
	data, _ := json.Marshal(links) // Texts: never fails.
	fmt.Fprintf(p.out, "\n],\"numberReturned\":%d,\"links\":%s}\n", p.returned, data)
	p.out.Flush() // A caller who left is no error of ours.
}

// idJSON is a feature's id as JSON has it: a number where the set counts.
func (set ogcSet) idJSON(id string) []byte {
	if set.Number {
		return []byte(id)
	}
	data, _ := json.Marshal(id) // A text: never fails.
	return data
}

type ogcFeatureView struct {
	Type       string          `json:"type"`
	ID         json.RawMessage `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties json.RawMessage `json:"properties"`
	Links      []ogcLink       `json:"links"`
}

// ogcItem gives one feature.
func (s *Server) ogcItem(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	set, err := s.ogcSet(ctx, r.PathValue("collection"))
	if err != nil {
		return err
	}
	crs := ogcSystems[0]
	asked := r.URL.Query()
	for name, values := range asked {
		if name != "crs" || len(values) > 1 {
			return badQuery(name, "is not a parameter of one feature")
		}
		if crs, err = readCRS(name, values[0]); err != nil {
			return err
		}
	}
	id := r.PathValue("feature")
	if validText("id", id) != nil {
		return geo.ErrNotFound
	}
	q := set.choose(ctx)
	q.ID, q.Flip = id, crs.LatFirst
	if set.Net != "" {
		now := time.Now()
		q.From, q.Until = now, now
	}
	if set.draft != nil { // The tag first: one that is older than what comes with it costs no more than a try.
		now, err := s.draftGrid(ctx, set, id)
		if err != nil {
			return err
		}
		w.Header().Set("ETag", versionTag(now.Since))
	}
	found, err := s.city.Features(ctx, set.FeatureSet, q, 1)
	if err == nil && len(found) == 0 {
		err = geo.ErrNotFound
	}
	if err != nil {
		return err
	}
	contentCRS(w, crs)
	at := s.ogcAddress(r, "/collections/", set.Name)
	return writeJSON(w, geoJSONType, ogcFeatureView{
		Type: "Feature", ID: set.idJSON(found[0].ID), Geometry: found[0].Geometry, Properties: found[0].Properties,
		Links: []ogcLink{
			{withQuery(at+"/items/"+url.PathEscape(id), asked), "self", geoJSONType, "This feature"},
			{s.ogcPerson(r, set), "alternate", "text/html", "For people, on the map"},
			{at, "collection", jsonType, set.title},
		},
	})
}

// contentCRS says in which system the coordinates of an answer are.
func contentCRS(w http.ResponseWriter, crs ogcCRS) {
	w.Header().Set("Content-Crs", "<"+crs.URI+">")
}

func withQuery(address string, asked url.Values) string {
	if len(asked) == 0 {
		return address
	}
	return address + "?" + asked.Encode()
}
