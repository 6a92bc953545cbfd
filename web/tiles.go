package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gridwatch/alerts"
	"gridwatch/geo"
)

// layers are the layers of the map. A tile of grids is known by its edition, without being drawn, and by its bytes when
// the edition is another; the others are known by their bytes alone.
var layers = map[string]geo.Net{"outline": "", "community": geo.Community, "road": geo.Road, "fences": "", "cameras": ""}

const maxZoom = 22

// tileAt is one square of one layer as of a moment, for one scope.
type tileAt struct {
	layer   string
	z, x, y int
	at      time.Time
	scope   []string // Grid keys "net/code"; nil is the city.
}

// tile gives one vector tile. Browsers ask again each time; most answers are that nothing changed.
func (s *Server) tile(w http.ResponseWriter, r *http.Request) error {
	t, err := readTile(r)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	defer cancel()
	t.scope = gridKeys(visitorOf(ctx).Scope)
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache")
	source := ""
	if net := layers[t.layer]; net == "" {
		if t.layer != "fences" { // Who saves one looks at it at once.
			h.Set("Cache-Control", "private, max-age=10") // Cameras change their state.
		}
	} else if source, err = s.gridSource(ctx, net, t); err != nil {
		return err
	} else if tag, same := fromSource(r, source); same {
		h.Set("ETag", tag)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	data, err := s.tiles.Tile(ctx, t.layer, t.z, t.x, t.y, t.at, t.scope)
	if err != nil {
		return fmt.Errorf("tile %s/%d/%d/%d: %w", t.layer, t.z, t.x, t.y, err)
	}
	tag := tagOf(source, t.scopeName(), data)
	h.Set("ETag", tag)
	if matches(r, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	w.Write(data)
	return nil
}

func readTile(r *http.Request) (tileAt, error) {
	t := tileAt{layer: r.PathValue("layer"), at: time.Now()}
	if _, known := layers[t.layer]; !known {
		return tileAt{}, fmt.Errorf("layer %q: %w", t.layer, geo.ErrNotFound)
	}
	last, isTile := strings.CutSuffix(r.PathValue("y"), ".mvt")
	if !isTile {
		return tileAt{}, fmt.Errorf("tile without .mvt: %w", geo.ErrNotFound)
	}
	var err error
	if t.z, err = whole("path.z", r.PathValue("z"), maxZoom); err != nil {
		return tileAt{}, err
	}
	if t.x, err = whole("path.x", r.PathValue("x"), 1<<t.z-1); err != nil {
		return tileAt{}, err
	}
	if t.y, err = whole("path.y", last, 1<<t.z-1); err != nil {
		return tileAt{}, err
	}
	if at := r.URL.Query().Get("at"); at != "" {
		if t.at, err = time.Parse(time.RFC3339, at); err != nil {
			return tileAt{}, geo.Invalid("query.at", "must be a time as RFC 3339 has it")
		}
	}
	return t, nil
}

// whole reads a whole number from 0 to limit, written the one way that a client writes it.
func whole(field, text string, limit int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > limit || strconv.Itoa(n) != text {
		return 0, geo.Invalid(field, "must be a whole number from 0 to %d", limit)
	}
	return n, nil
}

// gridKeys is a scope as geo takes it.
func gridKeys(scope alerts.Scope) []string {
	if scope.City {
		return nil
	}
	keys := make([]string, 0, len(scope.Grids))
	for _, g := range scope.Grids {
		keys = append(keys, string(g.Net)+"/"+g.Code)
	}
	slices.Sort(keys)
	return keys
}

// gridSource names what a tile of grids is drawn from: the edition in force, the square, the scope, and this program.
func (s *Server) gridSource(ctx context.Context, net geo.Net, t tileAt) (string, error) {
	inForce, err := s.tiles.Edition(ctx, net, t.at)
	if err != nil {
		return "", err
	}
	return digest(fmt.Sprintf("%s %s %d %d/%d/%d %s", s.version, t.layer, inForce, t.z, t.x, t.y, t.scopeName()), nil), nil
}

func (t tileAt) scopeName() string {
	if t.scope == nil {
		return "city"
	}
	return strings.Join(t.scope, " ")
}

// tagOf is a weak tag, since compression changes the bytes but not the tile. It says what the data was made from, where
// that is known, and what it is and for whom.
func tagOf(source, whom string, data []byte) string {
	if source != "" {
		source += "."
	}
	return `W/"` + source + digest(whom, data) + `"`
}

func digest(about string, data []byte) string {
	sum := sha256.New()
	sum.Write([]byte(about))
	sum.Write(data)
	return hex.EncodeToString(sum.Sum(nil)[:12])
}

// tagsOf are the tags that the caller has.
func tagsOf(r *http.Request) (tags []string) {
	for _, given := range r.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(given, ",") {
			if one = strings.TrimSpace(one); strings.HasPrefix(one, `"`) {
				one = "W/" + one
			}
			tags = append(tags, one)
		}
	}
	return tags
}

// fromSource returns the caller's tag of something that was made from the same.
func fromSource(r *http.Request, source string) (tag string, same bool) {
	for _, tag := range tagsOf(r) {
		if strings.HasPrefix(tag, `W/"`+source+".") {
			return tag, true
		}
	}
	return "", false
}

// matches reports whether the caller already has what tag names, made from the same or not.
func matches(r *http.Request, tag string) bool {
	for _, one := range tagsOf(r) {
		if one == "*" || contentOf(one) == contentOf(tag) {
			return true
		}
	}
	return false
}

// contentOf is the part of a tag of ours that says what the data is.
func contentOf(tag string) string {
	tag = strings.TrimSuffix(strings.TrimPrefix(tag, `W/"`), `"`)
	return tag[strings.LastIndexByte(tag, '.')+1:]
}
