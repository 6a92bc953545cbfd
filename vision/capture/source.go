package capture

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gridwatch/geo"
)

type sourceKind string

const (
	kindFile   sourceKind = "file"
	kindFolder sourceKind = "folder"
	kindHTTP   sourceKind = "http"
	kindRTSP   sourceKind = "rtsp"
)

const maxURLBytes = 2048

// address is a source's URL after validation.
type address struct {
	kind sourceKind
	path string   // Absolute, of a file or folder.
	url  *url.URL // Of a stream, with its user and password.
}

// parseAddress takes rtsp, http, https and file URLs and plain paths. A stream's URL may hold user and password, which is
// why no error repeats it.
func parseAddress(source string) (address, error) {
	const field = "source.url"
	if source == "" {
		return address{}, geo.Invalid(field, "is empty")
	}
	if len(source) > maxURLBytes {
		return address{}, geo.Invalid(field, "is longer than %d bytes", maxURLBytes)
	}
	// A line feed would end a line of the list that ffmpeg reads.
	if strings.ContainsFunc(source, func(r rune) bool { return r < 0x20 || r == 0x7F }) {
		return address{}, geo.Invalid(field, "holds a control character")
	}
	if !strings.Contains(source, "://") {
		return localAddress(source)
	}
	u, err := url.Parse(source)
	if err != nil || u.Fragment != "" || u.Opaque != "" {
		return address{}, geo.Invalid(field, "is no URL; in a name or password write # as %%23, %% as %%25, / as %%2F")
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" && u.Host != "localhost" {
			return address{}, geo.Invalid(field, "names a file on another machine")
		}
		return localAddress(u.Path)
	case "rtsp", "http", "https":
		if u.Hostname() == "" {
			return address{}, geo.Invalid(field, "has no host")
		}
		kind := kindHTTP
		if u.Scheme == "rtsp" {
			kind = kindRTSP
		}
		return address{kind: kind, url: u}, nil
	default:
		return address{}, geo.Invalid(field, "scheme must be rtsp, http, https or file, or a path")
	}
}

// localAddress looks whether path is a file or a folder. Devices and pipes are refused: reading one may never return.
func localAddress(path string) (address, error) {
	absolute, err := filepath.Abs(path) // Begins with a slash, so that no library takes it for a protocol.
	if err != nil {
		return address{}, fmt.Errorf("source %s: %w", path, err)
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return address{}, fmt.Errorf("source: %w", err)
	}
	switch {
	case info.IsDir():
		return address{kind: kindFolder, path: absolute}, nil
	case info.Mode().IsRegular():
		return address{kind: kindFile, path: absolute}, nil
	default:
		return address{}, geo.Invalid("source.url", "%s is neither a file nor a folder", absolute)
	}
}

// public is the part of a stream's URL that may be shown: many cameras take the password in path or query.
func (a address) public() string { return a.url.Scheme + "://" + a.url.Host }

var anyURL = regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^\s'"]*`)

// scrub takes every URL, and the user's name and password wherever else they stand, out of what a program or library said.
func (a address) scrub(text string) string {
	text = anyURL.ReplaceAllLiteralString(text, a.public())
	for _, secret := range a.secrets() {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return text
}

// secrets are the spellings of user, password, path and query that must not be told. Very short ones are left out: to
// replace every "a" would tell more than it hides.
func (a address) secrets() []string {
	all := []string{a.url.RequestURI(), a.url.Path, a.url.RawQuery, a.url.User.String()}
	if password, ok := a.url.User.Password(); ok {
		all = append(all, password, url.QueryEscape(password), url.PathEscape(password))
	}
	all = append(all, a.url.User.Username())
	var long []string
	for _, s := range all {
		if len(s) >= 4 {
			long = append(long, s)
		}
	}
	return long
}
