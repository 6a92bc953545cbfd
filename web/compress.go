package web

import (
	"compress/gzip"
	"mime"
	"net/http"
	"strings"
	"sync"
)

// compressed are the media types that become smaller; pictures are small already.
var compressed = map[string]bool{
	"application/json": true, "application/geo+json": true, "application/problem+json": true,
	"application/openapi+json": true, "application/vnd.oai.openapi+json": true, "application/schema+json": true,
	"application/vnd.mapbox-vector-tile": true, "application/manifest+json": true,
	"text/html": true, "text/css": true, "text/javascript": true, "text/plain": true, "image/svg+xml": true,
}

var gzipWriters = sync.Pool{New: func() any {
	zip, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	if err != nil {
		panic(err) // The level is a constant.
	}
	return zip
}}

// compress answers in gzip where the caller takes it and the answer is of a kind that gains by it.
func compress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !takesGzip(r) || r.Header.Get("Range") != "" || r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w, head: r.Method == http.MethodHead}
		defer z.close()
		next.ServeHTTP(z, r)
	})
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == "gzip" {
			return strings.ReplaceAll(weight, " ", "") != "q=0"
		}
	}
	return false
}

// zipped decides at the first byte whether this answer is compressed.
type zipped struct {
	http.ResponseWriter
	head    bool
	decided bool
	zip     *gzip.Writer
}

func (z *zipped) WriteHeader(status int) {
	if !z.decided {
		z.decided = true
		h := z.Header()
		kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
		if compressed[kind] {
			h.Add("Vary", "Accept-Encoding")
			bodied := status != http.StatusNoContent && status != http.StatusNotModified
			if bodied && !z.head && h.Get("Content-Encoding") == "" {
				h.Set("Content-Encoding", "gzip")
				h.Del("Content-Length")
				z.zip = gzipWriters.Get().(*gzip.Writer)
				z.zip.Reset(z.ResponseWriter)
			}
		}
	}
	z.ResponseWriter.WriteHeader(status)
}

func (z *zipped) Write(p []byte) (int, error) {
	if !z.decided {
		z.WriteHeader(http.StatusOK)
	}
	if z.zip != nil {
		return z.zip.Write(p)
	}
	return z.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.zip != nil {
		z.zip.Close() // A caller who left is no error of ours.
		gzipWriters.Put(z.zip)
		z.zip = nil
	}
}
