package capture

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// infrared makes a picture that of an infra-red camera: grey, with a share of its light and the given noise.
func infrared(light, noise float64) func(pix []byte) {
	random := rand.New(rand.NewPCG(1, 2))
	return func(pix []byte) {
		for i := 0; i < len(pix); i += 3 {
			grey := light*(float64(pix[i])+float64(pix[i+1])+float64(pix[i+2]))/3 + noise*random.NormFloat64()
			v := byte(min(max(grey+0.5, 0), 255))
			pix[i], pix[i+1], pix[i+2] = v, v, v
		}
	}
}

// patchy darkens r in patches, as rubble on grass is by infra-red light: nowhere brighter than the ground.
func patchy(r image.Rectangle) func(pix []byte) {
	left := [5]int{50, 92, 64, 84, 74} // Percent.
	return func(pix []byte) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				shade(pix, x, y, left[(x/7*2+y/7*3)%len(left)])
			}
		}
	}
}

// shaded takes the same share of light from all of r.
func shaded(r image.Rectangle, percent int) func(pix []byte) {
	return func(pix []byte) {
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				shade(pix, x, y, percent)
			}
		}
	}
}

func shade(pix []byte, x, y, percent int) {
	for i := 3 * (y*stageSize.X + x); i < 3*(y*stageSize.X+x)+3; i++ {
		pix[i] = byte(int(pix[i]) * percent / 100)
	}
}

func TestChanges_ByInfraredAThingIsNoShadow(t *testing.T) {
	for _, noise := range []float64{0, 2, 5} {
		s, night := newStage(t, ChangeParams{}), infrared(0.8, noise)
		people := s.people()
		s.play(12, people, night)
		found := s.play(40, people, patchy(heapPlace), night)
		if len(found) != 1 || len(s.seen) != 1 {
			t.Errorf("noise of %v: %d changes, %d ids, want 1 and 1", noise, len(found), len(s.seen))
			continue
		}
		if o := overlap(found[0].Box, boxOf(heapPlace)); o < 0.5 {
			t.Errorf("noise of %v: it is at %+v, want %+v", noise, found[0].Box, boxOf(heapPlace))
		}
		if found := s.play(12, people, night); len(found) != 0 {
			t.Errorf("noise of %v, 12 s after it was taken away: %d changes, want none", noise, len(found))
		}
	}
}

func TestChanges_ByInfraredAShadowIsNoThing(t *testing.T) {
	for _, percent := range []int{55, 70, 85} {
		for _, noise := range []float64{0, 2, 5} {
			s, night := newStage(t, ChangeParams{}), infrared(0.8, noise)
			people := s.people()
			s.play(12, people, night)
			s.play(40, people, shaded(heapPlace.Inset(-8), percent), night)
			if len(s.seen) != 0 {
				t.Errorf("%d %% of the light, noise of %v: %d changes, want none", percent, noise, len(s.seen))
			}
		}
	}
}

func TestChanges_FindsNothingInTheNoiseOfADarkNight(t *testing.T) {
	for _, noise := range []float64{3, 8, 15} {
		s := newStage(t, ChangeParams{})
		s.play(75, s.people(), infrared(0.4, noise))
		if len(s.seen) != 0 {
			t.Errorf("noise of %v: %d changes, want none", noise, len(s.seen))
		}
	}
}

func TestUnrest(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	look := func(u *unrest, sigma float64, tint byte) {
		pix := make([]byte, 3*90_000)
		for i := 0; i < len(pix); i += 3 {
			v := byte(math.Round(90 + sigma*random.NormFloat64()))
			pix[i], pix[i+1], pix[i+2] = v, v, v+tint
		}
		u.look(pix, 1)
	}
	before := 0.0
	for _, sigma := range []float64{0.5, 1, 2, 4} {
		var u unrest
		look(&u, sigma, 0)
		if u.threshold() != varThreshold {
			t.Errorf("sigma %v: after one look the threshold is %v, want that of a picture of unknown noise", sigma, u.threshold())
		}
		for range 20 {
			look(&u, sigma, 0)
		}
		if math.Abs(u.sigma-sigma) > 0.15*sigma+0.1 {
			t.Errorf("the noise is %v, it was measured as %v", sigma, u.sigma)
		}
		if now := u.threshold(); now < before || now > varThreshold {
			t.Errorf("sigma %v: the threshold is %v, want from %v to %v", sigma, now, before, varThreshold)
		} else {
			before = now
		}
		look(&u, sigma, 40)
		if u.grey() || u.threshold() != varThreshold {
			t.Errorf("sigma %v: a picture with colour is grey: %t, its threshold is %v", sigma, u.grey(), u.threshold())
		}
	}
	if before != varThreshold {
		t.Errorf("in much noise the threshold is %v, want %v", before, varThreshold)
	}
}
