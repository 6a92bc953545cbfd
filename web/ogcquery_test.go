package web

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
)

// FuzzOGCQuery asks every collection for whatever bytes come. What is taken must be something that the database can be
// asked for, and a cursor must lead to the same place when it is written again.
func FuzzOGCQuery(f *testing.F) {
	for _, query := range []string{
		"", "limit=10&bbox=118.3,36.8,118.4,36.9", "bbox=36.8,118.3,36.9,118.4&bbox-crs=" + url.QueryEscape(ogcSystems[1].URI),
		"bbox=170,-10,-170,10", "bbox=1,2,3,4,5,6", "bbox=NaN,1e309,0x1p-2,+1", "datetime=2026-01-01T00:00:00Z/..", "datetime=2026-01-01",
		"datetime=../2026-01-01T00:00:00.123456789+08:00", "datetime=0000-01-01T00:00:00Z/9999-12-31T23:59:60Z", "crs=" + url.QueryEscape(ogcSystems[2].URI),
		"cursor=" + cursorText(geo.FeatureCursor{Edition: 3, Key: westCode}), "cursor=" + cursorText(geo.FeatureCursor{Key: "17"}),
		"code=" + westCode + "&edition=2", "name=%E4%B8%9C", "state=raised", "limit=9223372036854775808", "unknown=1",
	} {
		f.Add(query)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, query string) {
		asked, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		for _, set := range ogcPublished() {
			q, err := readOGCQuery(set.FeatureSet, asked, now, zone)
			if err != nil {
				if p := problemOf(err); p.Status != http.StatusBadRequest || p.Detail == "" || len(p.Errors) != 1 {
					t.Fatalf("%s %q: %+v", set.Name, query, p)
				}
				continue
			}
			if q.limit < 1 || q.limit > ogcMaxLimit || len(q.Boxes) > 2 {
				t.Fatalf("%s %q: %+v", set.Name, query, q)
			}
			for _, box := range q.Boxes {
				for _, p := range []float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]} {
					if math.IsNaN(p) || math.Abs(p) > 180 {
						t.Fatalf("%q: box %v", query, box)
					}
				}
				if box.Min[0] > box.Max[0] || box.Min[1] > box.Max[1] || math.Abs(box.Min[1]) > 90 || math.Abs(box.Max[1]) > 90 {
					t.Fatalf("%q: box %v", query, box)
				}
			}
			if !q.From.IsZero() && !q.Until.IsZero() && q.Until.Before(q.From) {
				t.Fatalf("%q: from %v until %v", query, q.From, q.Until)
			}
			for _, value := range q.Match {
				if strings.ContainsRune(value, 0) {
					t.Fatalf("%q: the database takes no zero bytes", query)
				}
			}
			if asked.Has("cursor") {
				again, err := readCursor(set.FeatureSet, cursorText(q.After))
				if err != nil || again != q.After {
					t.Fatalf("%q: cursor %+v became %+v (%v)", query, q.After, again, err)
				}
			}
		}
	})
}
