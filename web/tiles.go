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

// layers are the layers of the map. Grids change only with their edition, so their tiles are known by its number without
// being drawn; the others are known by their bytes.
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
	if net := layers[t.layer]; net != "" {
		tag, err := s.gridTag(ctx, net, t)
		if err != nil {
			return err
		}
		h.Set("ETag", tag)
		if matches(r, tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	data, err := s.city.Tile(ctx, t.layer, t.z, t.x, t.y, t.at, t.scope)
	if err != nil {
		return fmt.Errorf("tile %s/%d/%d/%d: %w", t.layer, t.z, t.x, t.y, err)
	}
	if h.Get("ETag") == "" {
		h.Set("ETag", tagOf(data))
		h.Set("Cache-Control", "private, max-age=10") // Cameras change their state.
		if matches(r, h.Get("ETag")) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
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

// gridTag names a grid tile by what it is drawn from: the edition in force, the square, the scope, and this program.
func (s *Server) gridTag(ctx context.Context, net geo.Net, t tileAt) (string, error) {
	editions, err := s.city.Editions(ctx)
	if err != nil {
		return "", err
	}
	inForce := int64(0)
	for _, e := range editions {
		if e.Net == net && e.InForce(t.at) {
			inForce = e.ID
		}
	}
	scope := "city"
	if t.scope != nil {
		scope = strings.Join(t.scope, " ")
	}
	return tagOf([]byte(fmt.Sprintf("%s %s %d %d/%d/%d %s", s.version, t.layer, inForce, t.z, t.x, t.y, scope))), nil
}

// tagOf is a weak tag, since compression changes the bytes but not the tile.
func tagOf(data []byte) string {
	sum := sha256.Sum256(data)
	return `W/"` + hex.EncodeToString(sum[:12]) + `"`
}

// matches reports whether the caller already has what tag names.
func matches(r *http.Request, tag string) bool {
	for _, given := range r.Header.Values("If-None-Match") {
		for one := range strings.SplitSeq(given, ",") {
			if one = strings.TrimSpace(one); one == tag || "W/"+one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}
