package geo_test

import (
	"context"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"testing"

	"gridwatch/geo"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// tileCity has two communities, a road over both, a fence and a camera in each, and a fence on a frame.
func tileCity(t *testing.T) *geo.Store {
	t.Helper()
	store, pool := openStore(t)
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(store.PutDistrict(ctx, geo.District{Code: "370305", Name: "临淄区", Outline: orb.MultiPolygon{box(0, 0, 2, 1)}, Demo: true}))
	_, err := store.ImportGrids(ctx, geo.Community, "2026 版", january, true, twoGrids())
	must(err)
	_, err = store.ImportGrids(ctx, geo.Road, "2026 版", january, true, []geo.Grid{{Net: geo.Road, Code: "370305001900001",
		Name: "桓公路", Kind: geo.KindCorridor, Street: "闻韶街道", Boundary: orb.MultiPolygon{box(0, 0.45, 2, 0.55)}}})
	must(err)
	for i, x := range []float64{0.2, 1.2} {
		place := box(x, 0.1, x+0.2, 0.3)
		id := []string{"in-west", "in-east"}[i]
		must(store.PutFence(ctx, geo.Fence{ID: id, Name: "围栏 " + id, Rule: "vending", Area: place}))
		_, err = pool.Exec(ctx, `INSERT INTO cameras (id, name, place_class, source, geom) VALUES ($1, $1, 'road', 'x', $2)`, id, middle(place))
		must(err)
	}
	_, err = pool.Exec(ctx, `INSERT INTO views (id, camera) VALUES ('view', 'in-west')`)
	must(err)
	must(store.PutFence(ctx, geo.Fence{ID: "on-frame", Name: "画面", Rule: "vending", ViewID: "view",
		Frame: orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}}))
	return store
}

const zoom = 14

func tileAt(p orb.Point) maptile.Tile { return maptile.At(p, zoom) }

// features draws the tile and returns its features by the property.
func features(t *testing.T, store *geo.Store, layer, key string, scope []string) map[string]map[string]any {
	t.Helper()
	found := map[string]map[string]any{}
	low, high := tileAt(box(0, 0, 2, 1)[0][0]), tileAt(box(0, 0, 2, 1)[0][2])
	tiles := geo.NewTiles(store, geo.NewLocator(store))
	for x := low.X; x <= high.X; x++ {
		for y := high.Y; y <= low.Y; y++ {
			data, err := tiles.Tile(context.Background(), layer, zoom, int(x), int(y), june, scope)
			if err != nil {
				t.Fatal(err)
			}
			name, all := decodeTile(t, data)
			if name != "" && name != layer {
				t.Errorf("the layer is called %q", name)
			}
			for _, properties := range all {
				found[properties[key].(string)] = properties
			}
		}
	}
	return found
}

func keys(found map[string]map[string]any) []string { return slices.Sorted(maps.Keys(found)) }

// decodeTile reads a vector tile of one layer: its name, and the properties of each feature that has a shape.
func decodeTile(t *testing.T, data []byte) (layer string, features []map[string]any) {
	t.Helper()
	var names []string
	var values []any
	var tags [][]byte
	eachField(t, data, func(_ uint64, data []byte, _ uint64) { // The tile has layers only.
		eachField(t, data, func(field uint64, data []byte, _ uint64) {
			switch field {
			case 1:
				layer = string(data)
			case 2:
				tags = append(tags, featureTags(t, data))
			case 3:
				names = append(names, string(data))
			case 4:
				eachField(t, data, func(field uint64, data []byte, number uint64) {
					if field == 1 {
						values = append(values, string(data))
					} else {
						values = append(values, number != 0) // Booleans; the layers have no numbers.
					}
				})
			}
		})
	})
	for _, packed := range tags {
		properties := map[string]any{}
		for len(packed) > 0 {
			name, n := binary.Uvarint(packed)
			value, m := binary.Uvarint(packed[n:])
			packed = packed[n+m:]
			properties[names[name]] = values[value]
		}
		features = append(features, properties)
	}
	return layer, features
}

func featureTags(t *testing.T, feature []byte) (tags []byte) {
	shape := false
	eachField(t, feature, func(field uint64, data []byte, _ uint64) {
		switch field {
		case 2:
			tags = data
		case 4:
			shape = len(data) > 0
		}
	})
	if !shape {
		t.Error("a feature has no shape")
	}
	return tags
}

// eachField walks the fields of a protobuf message: a number, or the bytes of a string or message.
func eachField(t *testing.T, message []byte, visit func(field uint64, data []byte, number uint64)) {
	t.Helper()
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		number, m := binary.Uvarint(message[n:])
		if n <= 0 || m <= 0 || key&7 != 0 && key&7 != 2 {
			t.Fatalf("not a vector tile: %x", message)
		}
		message = message[n+m:]
		var data []byte
		if key&7 == 2 {
			data, message = message[:number], message[number:]
		}
		visit(key>>3, data, number)
	}
}

func TestTiles_DrawEveryLayer(t *testing.T) {
	store := tileCity(t)
	for _, test := range []struct {
		layer, key string
		want       []string
		properties map[string]any // Of the first.
	}{
		{"outline", "code", []string{"370305"}, map[string]any{"name": "临淄区", "demo": true}},
		{"community", "code", []string{west, east}, map[string]any{"name": "西社区", "net": "community", "kind": "community", "street": "闻韶街道", "demo": true}},
		{"road", "code", []string{"370305001900001"}, map[string]any{"name": "桓公路", "net": "road", "kind": "corridor"}},
		{"fences", "id", []string{"in-east", "in-west"}, map[string]any{"name": "围栏 in-east", "rule": "vending"}},
		{"cameras", "id", []string{"in-east", "in-west"}, map[string]any{"name": "in-east", "state": "unknown"}},
	} {
		t.Run(test.layer, func(t *testing.T) {
			found := features(t, store, test.layer, test.key, nil)
			if got := keys(found); !slices.Equal(got, test.want) {
				t.Fatalf("got %v, want %v", got, test.want)
			}
			for key, want := range test.properties {
				if got := found[test.want[0]][key]; got != want {
					t.Errorf("%s is %v, want %v", key, got, want)
				}
			}
		})
	}
}

func TestTiles_KeepToTheScope(t *testing.T) {
	store := tileCity(t)
	for _, test := range []struct {
		layer, key string
		scope      []string
		want       []string
	}{
		{"outline", "code", []string{}, []string{"370305"}},
		{"community", "code", []string{"community/" + west}, []string{west}},
		{"community", "code", []string{"road/" + west}, nil},
		{"community", "code", []string{}, nil},
		{"road", "code", []string{"community/" + west}, nil},
		{"road", "code", []string{"road/370305001900001"}, []string{"370305001900001"}},
		{"fences", "id", []string{"community/" + west}, []string{"in-west"}},
		{"fences", "id", []string{"road/370305001900001"}, nil},
		{"fences", "id", []string{}, nil},
		{"cameras", "id", []string{"community/" + east}, []string{"in-east"}},
		{"cameras", "id", []string{"community/" + west, "community/" + east}, []string{"in-east", "in-west"}},
		{"cameras", "id", []string{}, nil},
	} {
		if got := keys(features(t, store, test.layer, test.key, test.scope)); !slices.Equal(got, test.want) {
			t.Errorf("%s in %v: got %v, want %v", test.layer, test.scope, got, test.want)
		}
	}
}

func TestTiles_AreOfAMoment(t *testing.T) {
	store := tileCity(t)
	tile := tileAt(middle(box(0, 0, 1, 1)))
	data, err := geo.NewTiles(store, geo.NewLocator(store)).Tile(context.Background(), "community", zoom, int(tile.X), int(tile.Y), january.Add(-1), nil)
	if err != nil || len(data) != 0 {
		t.Errorf("before the first edition: %d bytes, %v", len(data), err)
	}
}

func TestTiles_ThatDoNotExist(t *testing.T) {
	store := tileCity(t)
	tiles := geo.NewTiles(store, geo.NewLocator(store))
	for _, test := range []struct {
		layer   string
		z, x, y int
	}{
		{"people", 0, 0, 0}, {"", 0, 0, 0}, {"road; DROP TABLE grids", 0, 0, 0},
		{"road", -1, 0, 0}, {"road", 23, 0, 0}, {"road", 3, 8, 0}, {"road", 3, 0, 8}, {"road", 3, -1, 0}, {"road", 3, 0, -1},
	} {
		if _, err := tiles.Tile(context.Background(), test.layer, test.z, test.x, test.y, june, nil); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("%+v: %v, want ErrNotFound", test, err)
		}
	}
	if data, err := tiles.Tile(context.Background(), "road", 22, 0, 0, june, nil); err != nil || len(data) != 0 {
		t.Errorf("a tile in the sea: %d bytes, %v", len(data), err)
	}
}
