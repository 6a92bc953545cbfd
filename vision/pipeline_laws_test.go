package vision

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"gridwatch/geo"

	"pgregory.net/rapid"
)

// memoryBlobs keeps pictures without a disk: the folder writes each of them through to it, and here are thousands.
type memoryBlobs map[string][]byte

func (b memoryBlobs) Put(_ context.Context, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	b[sha] = slices.Clone(data)
	return sha, nil
}

func (b memoryBlobs) Open(context.Context, string) (io.ReadSeekCloser, error) {
	return nil, fs.ErrNotExist
}

func (b memoryBlobs) Delete(_ context.Context, sha string) error {
	delete(b, sha)
	return nil
}

// However things come and go, whatever hides them, and wherever the process ends and begins again: a clear is told once for
// each occupancy, after its raising, with a picture of its own that was taken then and is drawn for it, also when several
// are cleared in one frame.
func TestLaw_ClearComesOnceWithItsOwnPicture(t *testing.T) {
	c := quickly(t, "fire_lane", true)
	c.Fences[0].Thresholds = map[string]float64{"raise_s": 5, "escalate_s": 20, "enter_s": 2, "gap_s": 3, "leave_s": 2, "share_s": 60}
	for id, on := range map[string]plot{"west": westPlot, "east": eastPlot} {
		half := c.Fences[0]
		half.ID, half.Area = id, on.area()
		c.Fences = append(c.Fences, half)
	}
	slices.SortFunc(c.Fences, func(a, b geo.Fence) int { return strings.Compare(a.ID, b.ID) })
	rapid.Check(t, func(r *rapid.T) {
		things := []Detection{car(1, -2, 14), car(2, 1.5, 18), car(3, -1.5, 22), lorry(4, 0, 10.5)}
		var acts []act
		for range rapid.IntRange(2, 8).Draw(r, "acts") {
			var shown []Detection
			for i, there := range rapid.SliceOfN(rapid.Bool(), len(things), len(things)).Draw(r, "there") {
				if there {
					shown = append(shown, things[i])
				}
			}
			acts = append(acts, show(float64(rapid.IntRange(2, 15).Draw(r, "s")), shown...))
		}
		frames := film(c, append(acts, show(10))...)
		w, kept := &world{state: map[string][]byte{}, around: func(string) error { return nil }}, memoryBlobs{}
		for cut := rapid.IntRange(0, len(frames)).Draw(r, "dies"); len(frames) > 0; cut = len(frames) {
			some := slices.Clone(frames[:cut])
			p := w.pipeline(c, &some)
			p.Blobs = kept
			if err := p.Run(t.Context()); err != nil {
				r.Fatal(err)
			}
			frames = frames[cut:]
		}
		lives, pictures := map[string]string{}, map[string]bool{}
		for _, s := range w.sent {
			lives[s.Occupancy] += string(s.Kind) + " "
			if s.Kind != Cleared {
				continue
			}
			last := s.Evidence[len(s.Evidence)-1]
			if last.Kind != EvidenceClear || !last.At.Equal(s.At) || pictures[last.SHA256] {
				r.Fatalf("%s has evidence %+v", s.Key, s.Evidence)
			}
			pictures[last.SHA256] = true
			var drawn Marks
			if err := json.Unmarshal(kept[last.SHA256], &drawn); err != nil || !strings.Contains(drawn.Caption, s.Occupancy) {
				r.Fatalf("%s is drawn as %+v", s.Key, drawn)
			}
		}
		for occupancy, life := range lives {
			if life != "raised cleared " && life != "raised escalated cleared " {
				r.Fatalf("%s was told as %q", occupancy, life)
			}
		}
	})
}
