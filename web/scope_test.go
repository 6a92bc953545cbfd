package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridwatch/alerts"
)

// TestScope_IsTheSameOnEveryDoor lets everyone try every door to a matter in the western community.
func TestScope_IsTheSameOnEveryDoor(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ-west", "west-cam", westPoint)
	if a.Grid == nil || a.Grid.Code != westCode || a.Officer == nil || a.Officer.Name != "west" {
		t.Fatalf("the alert went to grid %+v, officer %+v", a.Grid, a.Officer)
	}
	list := func(path, needle string) func(*client) int {
		return func(c *client) int {
			answer := c.get(path)
			if answer.status == http.StatusOK && !strings.Contains(string(answer.body), needle) {
				return http.StatusNotFound // It is not in the list.
			}
			return answer.status
		}
	}
	get := func(path string) func(*client) int { return func(c *client) int { return c.get(path).status } }
	post := func(path string) func(*client) int {
		return func(c *client) int { return c.post(path, struct{}{}).status }
	}
	holds := func(tile string) func(*client) int {
		return func(c *client) int {
			answer := c.get("/tiles/" + tile + ".mvt")
			if answer.status == http.StatusOK && len(answer.body) == 0 {
				return http.StatusNotFound
			}
			return answer.status
		}
	}
	// The operator takes it; who comes second is told so.
	const taken = http.StatusConflict
	// The tiles hold nothing of the east.
	const yes, hidden, no, signIn = http.StatusOK, http.StatusNotFound, http.StatusForbidden, http.StatusUnauthorized
	everyone := []string{"operator", "admin", "planner", "west", "east", "road", "idle", ""}
	doors := []struct {
		name string
		try  func(*client) int
		want []int // For everyone, in their order.
	}{
		{"list of alerts", list("/api/alerts", `"occ-west"`), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"alert", get(alertURL(a, "")), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"picture", get(alertURL(a, "/evidence/1")), []int{yes, yes, no, yes, hidden, hidden, hidden, signIn}},
		{"acknowledge", post(alertURL(a, "/acknowledge")), []int{yes, taken, no, taken, hidden, hidden, hidden, signIn}},
		{"claim", post(alertURL(a, "/claim")), []int{yes, taken, no, taken, hidden, hidden, hidden, signIn}},
		{"false", post(alertURL(a, "/false")), []int{yes, yes, no, yes, hidden, hidden, hidden, signIn}},
		{"unmerge", post(alertURL(a, "/unmerge")), []int{yes, yes, no, no, no, no, no, signIn}},
		{"holes in the roster", get("/api/duty/holes"), []int{yes, yes, yes, no, no, no, no, signIn}},
		{"roster", get("/api/roster"), []int{yes, yes, yes, no, no, no, no, signIn}},
		{"duty", list("/api/duty", `"west"`), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"arrive", post(alertURL(a, "/arrive")), []int{yes, yes, no, yes, hidden, hidden, hidden, signIn}},
		{"handle", post(alertURL(a, "/handle")), []int{yes, yes, no, yes, hidden, hidden, hidden, signIn}},
		{"grid", list("/api/grids?net=community", westCode), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"road", list("/api/grids?net=road", roadCode), []int{yes, yes, yes, hidden, hidden, yes, hidden, signIn}},
		{"camera", list("/api/cameras", `"west-cam"`), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"fence", list("/api/fences", `"west-lane"`), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"fence across the road", list("/api/fences", `"across"`), []int{yes, yes, yes, yes, hidden, yes, hidden, signIn}},
		{"fence on a frame in the east", list("/api/fences", `"east-frame"`), []int{yes, yes, yes, hidden, yes, hidden, hidden, signIn}},
		{"point", get(fmt.Sprintf("/api/locate?lon=%v&lat=%v", westPoint.Lon(), westPoint.Lat())), []int{yes, yes, yes, yes, no, no, no, signIn}},
		{"point on the road", get(fmt.Sprintf("/api/locate?lon=%v&lat=%v", roadPoint.Lon(), roadPoint.Lat())), []int{yes, yes, yes, yes, no, yes, no, signIn}},
		{"who dwells now", get("/api/dwelling"), []int{yes, yes, no, no, no, no, no, signIn}},
		{"why not", get("/api/cameras/west-cam/trace"), []int{yes, yes, no, no, no, no, no, signIn}},
		{"rules", get("/api/rules"), []int{yes, yes, yes, no, no, no, no, signIn}},
		{"back-tests", get("/api/backtests"), []int{yes, yes, no, no, no, no, no, signIn}},
		{"tile of the community", holds("community/16/54304/25549"), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"tile of the road", holds("road/16/54304/25548"), []int{yes, yes, yes, hidden, hidden, yes, hidden, signIn}},
		{"tile of cameras", holds("cameras/16/54304/25549"), []int{yes, yes, yes, yes, hidden, hidden, hidden, signIn}},
		{"tile of the outline", holds("outline/16/54304/25549"), []int{yes, yes, yes, yes, yes, yes, yes, signIn}},
	}
	for _, door := range doors {
		t.Run(door.name, func(t *testing.T) {
			got := make([]int, len(everyone))
			for i, who := range everyone {
				c := w.nobody()
				if who != "" {
					c = w.as(who)
				}
				got[i] = door.try(c)
			}
			if !slices.Equal(got, door.want) {
				t.Errorf("\n     %v\ngot  %v\nwant %v", everyone, got, door.want)
			}
		})
	}
}

func TestScope_DoesNotOutliveABeat(t *testing.T) {
	w := newWorld(t)
	a := w.raise("occ-west", "west-cam", westPoint)
	west := w.as("west")
	if got := west.get(alertURL(a, "")).status; got != http.StatusOK {
		t.Fatalf("before: %d", got)
	}
	// The grid goes over to the eastern beat.
	w.must(w.roster.PutBeat(t.Context(), alerts.Beat{ID: "east", Name: "east",
		Grids: []alerts.GridKey{{Net: "community", Code: westCode}}, Members: []string{"east"}}))
	wantProblem(t, west.get(alertURL(a, "")), http.StatusNotFound)
	if got := w.as("east").get(alertURL(a, "")).status; got != http.StatusOK {
		t.Fatalf("the new officer: %d", got)
	}
}
