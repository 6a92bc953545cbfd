package alerts

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
)

// eyesCity is a city with camera-1 in the west grid, somebody who answers there, and pictures.
type eyesCity struct {
	*testCity
	officer Ref
}

func newEyesCity(t *testing.T) *eyesCity {
	t.Helper()
	c := &eyesCity{testCity: newCity(t)}
	folder, err := vision.NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c.cameras.Pictures = folder
	c.officer = c.person(t, "zhang", Officer)
	if err := c.roster.PutBeat(t.Context(), Beat{ID: "west", Name: "西", Grids: []GridKey{westKey}, Members: []string{"zhang"}}); err != nil {
		t.Fatal(err)
	}
	if err := c.cameras.PutCamera(t.Context(), goodCamera()); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *eyesCity) blob(t *testing.T, text string) string {
	t.Helper()
	sha, err := c.cameras.Pictures.Put(t.Context(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return sha
}

func (c *eyesCity) tell(t *testing.T, told vision.Condition) {
	t.Helper()
	if err := c.cameras.SetCondition(t.Context(), "camera-1", told); err != nil {
		t.Fatal(err)
	}
}

// alerts are all alerts with their details, oldest first.
func (c *eyesCity) alerts(t *testing.T) (all []Alert) {
	t.Helper()
	items, _, _, err := c.store.Alerts(t.Context(), Filter{}, Scope{City: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range slices.Backward(items) {
		full, _, err := c.store.Alert(t.Context(), item.ID, Scope{City: true})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, full)
	}
	return all
}

// told are the events since the beginning, "type note".
func (c *eyesCity) told(t *testing.T) (told []string) {
	t.Helper()
	events, err := c.store.eventsAfter(t.Context(), c.cameras, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		told = append(told, strings.TrimSpace(string(e.Type)+" "+e.Note))
	}
	return told
}

func TestCameraStore_AMovedViewIsAnAlertOfTheGridThatLostItsEyes(t *testing.T) {
	c := newEyesCity(t)
	reference, moved, back := c.blob(t, "as it should look"), c.blob(t, "as it looks"), c.blob(t, "as it looked in the end")
	if err := c.cameras.LearnReference(t.Context(), "camera-1", "view-1", reference); err != nil {
		t.Fatal(err)
	}
	c.tell(t, vision.Condition{Code: vision.UnfitMoved, ViewID: "view-1", Since: noon, At: noon.Add(time.Minute), Current: moved})
	c.tell(t, vision.Condition{Code: vision.UnfitMoved, ViewID: "view-1", Since: noon.Add(time.Hour), At: noon.Add(time.Hour), Current: moved})

	all := c.alerts(t)
	if len(all) != 1 {
		t.Fatalf("%d alerts of one trouble", len(all))
	}
	a := all[0]
	if a.Rule != "camera_moved" || a.Class != "moved" || a.Matter != TroubleMatter || !a.OfCamera() || a.State != StateRaised ||
		!a.Since.Equal(noon) || !a.RaisedAt.Equal(noon.Add(time.Minute)) || a.Position != goodCamera().Position || a.Grounded ||
		a.Camera.ID != "camera-1" || a.Why.Rule != "camera_moved" || a.Why.DwellS != 60 {
		t.Errorf("got %+v", a)
	}
	if a.Grid == nil || a.Grid.Name != "西社区" || a.Community == nil || a.Officer == nil || *a.Officer != c.officer {
		t.Errorf("grid %+v, officer %+v", a.Grid, a.Officer)
	}
	if len(a.Receipts) != 1 || a.Receipts[0].Person != c.officer {
		t.Errorf("receipts %+v", a.Receipts)
	}
	var pictures []string
	for _, e := range a.Evidence {
		pictures = append(pictures, e.Kind+" "+e.SHA256)
	}
	if want := []string{"reference " + reference, "now " + moved}; !slices.Equal(pictures, want) || a.Evidence[0].Bytes != int64(len("as it should look")) {
		t.Errorf("pictures %q, want %q", pictures, want)
	}

	c.tell(t, vision.Condition{At: noon.Add(2 * time.Hour), Current: back})
	a = c.alerts(t)[0]
	if a.State != StateCleared || !a.ClearedAt.Equal(noon.Add(2*time.Hour)) || len(a.Evidence) != 3 ||
		a.Evidence[2].Kind != vision.EvidenceClear || a.Evidence[2].SHA256 != back {
		t.Errorf("cleared: %+v", a)
	}
	want := []string{"camera.condition moved", "alert.raised", "camera.condition", "alert.cleared"}
	if got := c.told(t); !slices.Equal(got, want) || len(c.events) != 2 {
		t.Errorf("events %q with %d hints, want %q", got, len(c.events), want)
	}
}

func TestCameraStore_EachTroubleOfACameraIsItsOwnAlert(t *testing.T) {
	c := newEyesCity(t)
	now := time.Now()
	c.tell(t, vision.Condition{Code: vision.UnfitCovered, ViewID: "view-1", Since: now, At: now})
	if err := c.cameras.SetOffline(t.Context(), "camera-1", now.Add(-time.Minute), "no answer"); err != nil {
		t.Fatal(err)
	}
	c.tell(t, vision.Condition{Code: vision.UnfitMoved, ViewID: "view-1", Since: now, At: now.Add(time.Second)})
	var got []string
	for _, a := range c.alerts(t) {
		got = append(got, a.Rule+" "+string(a.State))
	}
	want := []string{"camera_covered cleared", "camera_offline raised", "camera_moved raised"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if offline := c.alerts(t)[1]; !offline.Since.Equal(now.Add(-time.Minute).Truncate(time.Microsecond)) {
		t.Errorf("since %v, silent since %v", offline.Since, now.Add(-time.Minute))
	}
	if err := c.cameras.DeleteCamera(t.Context(), "camera-1"); err != nil {
		t.Fatal(err)
	}
	for _, a := range c.alerts(t) {
		if a.State != StateCleared {
			t.Errorf("%s of a camera that is gone is %s", a.Rule, a.State)
		}
	}
}

func TestCameraStore_ACameraThatFlapsIsToldOnce(t *testing.T) {
	for _, row := range []struct {
		name    string
		pause   time.Duration // Between the end of the trouble and its return.
		handled bool
		want    []string // States of the alerts afterwards.
		told    string   // Event of the return.
	}{
		{"back after a minute", time.Minute, false, []string{"raised"}, "alert.updated"},
		{"back after eleven minutes", 11 * time.Minute, false, []string{"cleared", "raised"}, "alert.raised"},
		{"back after a minute, but people had dealt with it", time.Minute, true, []string{"cleared", "raised"}, "alert.raised"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := newEyesCity(t)
			c.tell(t, vision.Condition{Code: vision.UnfitCovered, ViewID: "view-1", Since: noon, At: noon})
			ended := noon.Add(time.Hour)
			c.tell(t, vision.Condition{At: ended})
			if row.handled {
				if _, err := c.store.Handle(t.Context(), c.alerts(t)[0].ID, c.officer.ID, Scope{City: true}, "擦净", nil); err != nil {
					t.Fatal(err)
				}
			}
			again := vision.Condition{Code: vision.UnfitCovered, ViewID: "view-1", Since: ended, At: ended.Add(row.pause), Current: c.blob(t, "again")}
			c.tell(t, again)
			var got []string
			all := c.alerts(t)
			for _, a := range all {
				got = append(got, string(a.State))
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
			if told := c.told(t); told[len(told)-1] != row.told {
				t.Errorf("told %q", told)
			}
			last := all[len(all)-1]
			if n := len(last.Evidence); n == 0 || last.Evidence[n-1].SHA256 != again.Current || !last.ClearedAt.IsZero() {
				t.Errorf("the return is not on record: %+v", last)
			}
			c.tell(t, vision.Condition{At: ended.Add(2 * time.Hour)})
			if last = c.alerts(t)[len(all)-1]; last.State != StateCleared || !last.ClearedAt.Equal(ended.Add(2*time.Hour)) {
				t.Errorf("in the end: %s at %v", last.State, last.ClearedAt)
			}
		})
	}
}

// The first frame of a camera that is back is the picture of the end.
func TestCameraStore_OfflineEndsWithTheFirstPicture(t *testing.T) {
	c := newEyesCity(t)
	since := time.Now().Add(-time.Minute).UTC().Truncate(time.Microsecond)
	for _, reason := range []string{"no answer", "still no answer"} {
		if err := c.cameras.SetOffline(t.Context(), "camera-1", since, reason); err != nil {
			t.Fatal(err)
		}
	}
	if h := c.health(t); !h.Since.Equal(since) || h.Reason != "still no answer" {
		t.Errorf("since %v, %q", h.Since, h.Reason)
	}
	look := vision.Look{JPEG: []byte("the first frame"), At: time.Now()}
	for range 2 {
		if err := c.cameras.SetOnline(t.Context(), "camera-1", look); err != nil {
			t.Fatal(err)
		}
	}
	all := c.alerts(t)
	if len(all) != 1 || all[0].State != StateCleared || len(all[0].Evidence) != 1 ||
		all[0].Evidence[0].Kind != vision.EvidenceClear || all[0].Evidence[0].SHA256 != vision.Sum(look.JPEG) {
		t.Errorf("got %+v", all)
	}
	want := []string{"camera.offline no answer", "alert.raised no answer", "camera.online", "alert.cleared"}
	if got := c.told(t); !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
}

// A trouble that was on record before it became an alert becomes one when it is told again.
func TestCameraStore_AnOlderTroubleBecomesAnAlert(t *testing.T) {
	c := newEyesCity(t)
	if _, err := c.pool.Exec(t.Context(), `UPDATE cameras SET state = 'offline', reason = 'cut'`); err != nil {
		t.Fatal(err)
	}
	if err := c.cameras.SetOffline(t.Context(), "camera-1", time.Now(), "cut"); err != nil {
		t.Fatal(err)
	}
	if all := c.alerts(t); len(all) != 1 || all[0].Rule != "camera_offline" {
		t.Errorf("got %+v", all)
	}
}

// Alerts of troubles are judged like any other, while the camera goes on and off.
func TestCameraStore_TroublesAndVerdictsDoNotWaitForEachOther(t *testing.T) {
	c := newEyesCity(t)
	c.store.Floor = Floor{Precision: 0.5, Least: 1} // Every verdict turns the trust, and so names the camera in an event.
	if err := c.cameras.SetOffline(t.Context(), "camera-1", time.Now(), "cut"); err != nil {
		t.Fatal(err)
	}
	id := c.alerts(t)[0].ID
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	done := make(chan error, 2)
	go func() {
		for i := range 40 {
			word := []VerdictWord{VerdictTrue, VerdictFalse}[i%2]
			if _, err := c.store.Judge(ctx, id, c.officer.ID, Scope{City: true}, word, ""); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	go func() {
		for i := range 40 {
			var err error
			if i%2 == 0 {
				err = c.cameras.SetOnline(ctx, "camera-1", vision.Look{})
			} else {
				err = c.cameras.SetOffline(ctx, "camera-1", time.Now(), "cut")
			}
			if err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if n := c.count(t, `SELECT count(*) FROM alerts`); n != 1 {
		t.Errorf("%d alerts of one camera that flaps", n)
	}
}
