package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// contractDoors are the doors that other programs were promised.
var contractDoors = []string{
	"DELETE /api/session", "GET /api/alerts", "GET /api/alerts/{id}", "GET /api/alerts/{id}/evidence/{n}", "GET /api/cameras",
	"GET /api/editions", "GET /api/fences", "GET /api/grids", "GET /api/locate", "GET /api/me", "GET /api/openapi.json",
	"GET /healthz", "GET /metrics", "GET /readyz", "GET /tiles/{layer}/{z}/{x}/{y}.mvt", "GET /tiles/{layer}.json", "GET /tiles/style.json", "GET /ws",
	"POST /api/alerts/{id}/acknowledge", "POST /api/alerts/{id}/arrive", "POST /api/alerts/{id}/handle", "POST /api/session",
	"GET /api/trust", "GET /trust/authority.crt",
	"GET /api/cameras/{id}", "POST /api/cameras", "PUT /api/cameras/{id}", "DELETE /api/cameras/{id}", "POST /api/cameras/try",
	"GET /api/cameras/{id}/still", "GET /api/cameras/{id}/overlay", "GET /api/cameras/{id}/live.mjpeg", "POST /api/cameras/{id}/live",
	"GET /api/beats", "PUT /api/beats/{id}", "DELETE /api/beats/{id}", "POST /api/calibrate", "GET /api/uncovered", "PUT /api/fences/{id}", "DELETE /api/fences/{id}", "GET /api/permits",
	"PUT /api/permits/{id}", "DELETE /api/permits/{id}", "GET /api/places", "PUT /api/places/{id}", "DELETE /api/places/{id}",
	"POST /api/cameras/{id}/views", "POST /api/cameras/{id}/reference", "GET /api/cameras/{id}/pictures/{sha256}",
	"POST /api/alerts/{id}/verdict", "GET /api/precedence", "GET /api/precision", "POST /api/precision/reset",
	"GET /api/dwelling", "GET /api/cameras/{id}/trace", "GET /api/rules", "GET /api/backtests", "POST /api/backtests",
	"GET /api/backtests/{id}", "POST /api/backtests/{id}/publish", "POST /api/backtests/{id}/discard",
	"GET /api/backtests/{id}/pictures/{sha256}",
	"GET /api/editions/{id}", "POST /api/editions", "POST /api/editions/{id}/commands", "POST /api/editions/{id}/roads", "POST /api/editions/{id}/undo",
	"POST /api/editions/{id}/redo", "POST /api/editions/{id}/check", "POST /api/editions/{id}/submit",
	"POST /api/editions/{id}/review", "POST /api/editions/{id}/publish", "POST /api/editions/{id}/rollback",
	"POST /api/editions/{id}/withdraw", "POST /api/editions/{id}/rebase",
	"POST /api/editions/{id}/discard", "GET /api/editions/{id}/impact", "GET /api/editions/{id}/log",
	"POST /api/import", "GET /api/imports", "GET /api/imports/{id}", "GET /api/editions/{id}/mends", "POST /api/editions/{id}/mends",
	"GET /api/editions/{id}/export",
	"POST /api/alerts/{id}/claim", "POST /api/alerts/{id}/transfer", "POST /api/alerts/{id}/false", "POST /api/alerts/{id}/merge",
	"POST /api/alerts/{id}/unmerge", "POST /api/alerts/{id}/silence", "GET /api/duty", "GET /api/duty/holes", "GET /api/roster",
	"PUT /api/roster", "POST /api/routing/try",
	"GET /ogc",
}

// described is the part of an OpenAPI document that the tests look at.
type described struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Security    []map[string][]string
		Responses   map[string]struct{ Content map[string]any }
	}
	Components struct{ Schemas map[string]any }
}

func TestOpenAPI_DescribesEveryDoor(t *testing.T) {
	s, _ := bareServer(t, nil)
	answer := ask(s, "GET", "/api/openapi.json")
	if answer.status != 200 || answer.header.Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %v", answer.status, answer.header)
	}
	document := read[described](t, answer)
	if !strings.HasPrefix(document.OpenAPI, "3.1") {
		t.Errorf("version %q", document.OpenAPI)
	}
	var doors []string
	ids := map[string]string{}
	for path, methods := range document.Paths {
		for method, op := range methods {
			door := strings.ToUpper(method) + " " + path
			doors = append(doors, door)
			if op.Summary == "" || op.OperationID == "" || ids[op.OperationID] != "" {
				t.Errorf("%s: id %q, summary %q", door, op.OperationID, op.Summary)
			}
			ids[op.OperationID] = door
			for status, response := range op.Responses {
				if status >= "400" && response.Content[problemType] == nil && status != "503" {
					t.Errorf("%s: status %s is no problem document", door, status)
				}
			}
			if _, refused := op.Responses["401"]; refused != (len(op.Security) > 0) && op.OperationID != "signIn" {
				t.Errorf("%s: needs a session and does not say so, or the other way round", door)
			}
			if _, pattern := s.mux.Handler(newRequest(method, path)); pattern == "" {
				t.Errorf("%s is described and not there", door)
			}
		}
	}
	slices.Sort(doors)
	if want := slices.Sorted(slices.Values(contractDoors)); !slices.Equal(doors, want) {
		t.Errorf("doors\ngot  %q\nwant %q", doors, want)
	}
}

func TestOpenAPI_RefersOnlyToWhatIsThere(t *testing.T) {
	s, _ := bareServer(t, nil)
	answer := ask(s, "GET", "/api/openapi.json")
	schemas := read[described](t, answer).Components.Schemas
	var document any
	if err := json.Unmarshal(answer.body, &document); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok && schemas[strings.TrimPrefix(ref, "#/components/schemas/")] == nil {
				t.Errorf("%s is not there", ref)
			}
			for _, value := range v {
				walk(value)
			}
		case []any:
			for _, value := range v {
				walk(value)
			}
		}
	}
	walk(document)
	for _, name := range []string{"Alert", "AlertDetail", "AlertPage", "Problem", "Me", "GridCollection"} {
		if schemas[name] == nil {
			t.Errorf("no schema %s among %q", name, slices.Sorted(maps.Keys(schemas)))
		}
	}
	if text := string(answer.body); strings.Contains(text, "http://") || strings.Contains(text, "https://") {
		t.Error("the document leads to another host")
	}
}
