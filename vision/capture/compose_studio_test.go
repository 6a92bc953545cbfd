package capture

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
)

func TestStudio(t *testing.T) {
	s, err := OpenStudio(t.Context(), vtest(t))
	if err != nil {
		t.Fatal(err)
	}
	dir, before := t.TempDir(), OpenMats()
	film := func(t *testing.T, name string, r Recipe) string {
		t.Helper()
		path := filepath.Join(dir, name+r.Suffix())
		if err := s.Film(t.Context(), r, path); err != nil {
			t.Fatal(err)
		}
		return path
	}

	t.Run("every condition changes the picture, the same way every time", func(t *testing.T) {
		for name, begin := range conditions {
			one, two := slices.Clone(s.frames[40]), slices.Clone(s.frames[40])
			for _, pix := range [][]byte{one, two} {
				if err := begin(s)(141, pix); err != nil {
					t.Fatal(err)
				}
			}
			if slices.Equal(one, s.frames[40]) || !slices.Equal(one, two) {
				t.Errorf("%s: the picture is changed: %t, the same twice: %t", name, !slices.Equal(one, s.frames[40]), slices.Equal(one, two))
			}
		}
	})

	t.Run("every scene but the real one shows something", func(t *testing.T) {
		for name, begin := range scenes {
			pix, shown := make([]byte, len(s.hand.plate)), false
			for p, n := begin(s.hand), 60; n < 110 && !shown; n += 10 {
				s.play(p, n, pix)
				shown = !slices.Equal(pix, s.frames[n])
			}
			if shown == (name == RealScene) {
				t.Errorf("%s: something is added: %t", name, shown)
			}
		}
	})

	t.Run("where pictures are missing the others keep their times", func(t *testing.T) {
		reader, err := OpenWith(t.Context(), vision.Camera{ID: "c", FPS: studioFPS, Source: vision.Source{
			URL: film(t, "gaps", Recipe{Scene: RealScene, Conditions: []string{gaps}, Seconds: 24}), Fast: true,
		}}, Options{Start: time.Unix(0, 0)})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		last, widest := 0.0, 0.0
		for {
			frame, err := reader.Next(t.Context())
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			at := frame.At.Sub(time.Unix(0, 0)).Seconds()
			last, widest = at, max(widest, at-last)
			frame.Close()
		}
		if want := left[0][1] - left[0][0]; last != 23.5 || widest < want || widest > want+0.6 {
			t.Errorf("the last picture is at %v s, the widest gap is %v s, want %v", last, widest, want)
		}
	})

	t.Run("what cannot be made is refused and leaves no file", func(t *testing.T) {
		path := filepath.Join(dir, "refused.avi")
		for field, r := range map[string]Recipe{
			"scene":      {Scene: "parade", Seconds: 1},
			"conditions": {Scene: RealScene, Conditions: []string{"hail"}, Seconds: 1},
		} {
			var invalid *geo.InvalidError
			if err := s.Film(t.Context(), r, path); !errors.As(err, &invalid) || invalid.Field != field {
				t.Errorf("%+v: %v, want an invalid %s", r, err, field)
			}
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("there is a file")
		}
	})

	if after := OpenMats(); after != before {
		t.Errorf("%d Mats are still open", after-before)
	}
}
