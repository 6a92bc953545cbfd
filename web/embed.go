package web

import (
	"embed"
	"io/fs"
)

//go:embed all:app/dist
var dist embed.FS

// Pages is the built front-end (`npm run build` in web/app). In a program built without it, it holds no page, and the
// server says so instead of showing one.
func Pages() fs.FS {
	pages, err := fs.Sub(dist, "app/dist")
	if err != nil {
		panic(err) // The path is a constant.
	}
	return pages
}
