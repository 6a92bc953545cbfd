package capture

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"slices"
)

// condition changes frame n of a scene, as weather, light or a bad camera would.
type condition func(n int, pix []byte) error

// conditions are those that change pictures, by name.
var conditions = map[string]func(*Studio) condition{
	"dusk":       func(*Studio) condition { return dusk },
	"night":      func(*Studio) condition { return night.film },
	"weak lamp":  func(*Studio) condition { return weakLamp.film },
	"rain":       func(*Studio) condition { return rain },
	"snow":       func(*Studio) condition { return snow },
	"headlights": func(*Studio) condition { return headlights },
	"shake":      func(*Studio) condition { return shake },
	"jpeg":       func(*Studio) condition { return badJPEG },
}

// tone maps every channel of a picture.
func tone(pix []byte, blue, green, red func(float64) float64) {
	var table [3][256]byte
	for c, f := range []func(float64) float64{blue, green, red} {
		for v := range 256 {
			table[c][v] = byte(min(max(f(float64(v))+0.5, 0), 255))
		}
	}
	for i, v := range pix {
		pix[i] = table[i%3][v]
	}
}

// noise adds the noise of a camera that lacks light.
func noise(n int, pix []byte, strength float64, grey bool) {
	c := canvas{pix: pix, seed: uint32(n)}
	for i := 0; i < len(pix); i += 3 {
		x, y := i/3%sceneSize.X, i/3/sceneSize.X
		grain := c.grain(x, y, strength)
		for k := range 3 {
			if !grey && k > 0 {
				c.seed += 77
				grain = c.grain(x, y, strength)
				c.seed -= 77
			}
			pix[i+k] = byte(min(max(float64(pix[i+k])+grain, 0), 255))
		}
	}
}

// dusk has a third of the light, bluer, and noise. It falls over a minute.
func dusk(n int, pix []byte) error {
	fallen := smooth(float64(n) / studioFPS / 60)
	light := 1 - 0.67*fallen
	tone(pix,
		func(v float64) float64 { return v * light * (1 + 0.12*fallen) },
		func(v float64) float64 { return v * light },
		func(v float64) float64 { return v * light * (1 - 0.1*fallen) })
	noise(n, pix, 2+5*fallen, false)
	return nil
}

// lamp is an infra-red camera's own light and what the sensor makes of it: grey, brightest in the middle, foliage lit up,
// and noise.
type lamp struct {
	edge, middle float64 // Share of the daylight's brightness at the picture's edge, and what its middle has beyond that.
	narrow       float64 // How soon the middle ends.
	noise        float64
}

var (
	night    = lamp{edge: 0.3, middle: 0.55, narrow: 2.2, noise: 6}
	weakLamp = lamp{edge: 0.14, middle: 0.75, narrow: 8, noise: 10} // A hot spot, dark borders, and high gain.
)

func (l lamp) film(n int, pix []byte) error {
	for i := 0; i < len(pix); i += 3 {
		x, y := float64(i/3%sceneSize.X)/float64(sceneSize.X), float64(i/3/sceneSize.X)/float64(sceneSize.Y)
		b, g, r := float64(pix[i]), float64(pix[i+1]), float64(pix[i+2])
		foliage := max(g-max(b, r), 0) // Leaves throw infra-red back.
		grey := 0.2*b + 0.3*g + 0.5*r + 1.2*foliage
		dx, dy := x-0.55, y-0.6
		light := l.edge + l.middle*math.Exp(-l.narrow*(dx*dx+dy*dy))
		v := byte(min(grey*light, 255))
		pix[i], pix[i+1], pix[i+2] = v, v, v
	}
	noise(n, pix, l.noise, true)
	return nil
}

// streak draws a bright line with soft ends.
func streak(pix []byte, x, y, dx, dy, width, strength float64) {
	steps := int(math.Hypot(dx, dy))
	for k := range steps + 1 {
		t := float64(k) / float64(max(steps, 1))
		cx, cy := x+dx*t, y+dy*t
		alpha := strength * math.Sin(math.Pi*(0.1+0.8*t))
		reach := int(math.Ceil(width))
		for v := int(cy) - reach; v <= int(cy)+reach; v++ {
			for u := int(cx) - reach; u <= int(cx)+reach; u++ {
				if u < 0 || v < 0 || u >= sceneSize.X || v >= sceneSize.Y {
					continue
				}
				off := math.Hypot(float64(u)-cx, float64(v)-cy) / width
				part := alpha * max(1-off, 0)
				for i := 3 * (v*sceneSize.X + u); part > 0 && i < 3*(v*sceneSize.X+u)+3; i++ {
					pix[i] = byte(float64(pix[i]) + part*(215-float64(pix[i])))
				}
			}
		}
	}
}

// rain veils the picture, and drops fall through it as streaks, other ones in every frame.
func rain(n int, pix []byte) error {
	veil := func(v float64) float64 { return 0.78*v + 30 }
	tone(pix, veil, veil, veil)
	for k := range 420 {
		seed := n*1000 + k
		near := hash(7*seed + 1)
		long := 10 + 34*near
		streak(pix, hash(7*seed+2)*float64(sceneSize.X), hash(7*seed+3)*float64(sceneSize.Y)-long/2, 0.16*long, long, 0.7+0.6*near, 0.25+0.3*near)
	}
	return nil
}

// snow veils the picture, and flakes fall through it: many far ones, some near the lens.
func snow(n int, pix []byte) error {
	veil := func(v float64) float64 { return 0.75*v + 45 }
	tone(pix, veil, veil, veil)
	for k := range 520 {
		seed := n*1000 + k + 500_000
		near := math.Pow(hash(7*seed+1), 3)
		size := 0.9 + 4.5*near
		streak(pix, hash(7*seed+2)*float64(sceneSize.X), hash(7*seed+3)*float64(sceneSize.Y), 2*size*(hash(7*seed+4)-0.3), 2.2*size, size, 0.75)
	}
	return nil
}

// headlights is dusk through which, twice a minute, the beam of a turning vehicle sweeps over the ground.
func headlights(n int, pix []byte) error {
	tone(pix, func(v float64) float64 { return 0.5 * v }, func(v float64) float64 { return 0.46 * v }, func(v float64) float64 { return 0.43 * v })
	noise(n, pix, 4, false)
	const every, lasts = 28.0, 5.0
	t := math.Mod(float64(n)/studioFPS, every) - 8
	if t < 0 || t > lasts {
		return nil
	}
	sweep := t / lasts
	cx, cy := (1.25-1.5*sweep)*float64(sceneSize.X), (0.35+0.3*sweep)*float64(sceneSize.Y)
	for y := range sceneSize.Y {
		for x := range sceneSize.X {
			dx, dy := (float64(x)-cx)/210, (float64(y)-cy)/95
			light := 1.9 * math.Exp(-(dx*dx + dy*dy))
			if light < 0.02 {
				continue
			}
			p := pix[3*(y*sceneSize.X+x):]
			for c, warm := range [3]float64{0.82, 0.96, 1} {
				p[c] = byte(min(float64(p[c])*(1+light*warm)+28*light*warm, 255))
			}
		}
	}
	return nil
}

// shake is a mast in the wind: the picture moves by up to three pixels, other ones in every frame.
func shake(n int, pix []byte) error {
	t := float64(n) / studioFPS
	gust := 0.55 + 0.45*math.Sin(t/7)
	dx := int(math.Round(gust * 3 * (2*hash(3*n+40_001) - 1)))
	dy := int(math.Round(gust * 2 * (2*hash(3*n+40_002) - 1)))
	moved(pix, dx, dy)
	return nil
}

// moved shifts the picture; its edges stay.
func moved(pix []byte, dx, dy int) {
	was := slices.Clone(pix)
	for y := range sceneSize.Y {
		v := min(max(y-dy, 0), sceneSize.Y-1)
		for x := range sceneSize.X {
			u := min(max(x-dx, 0), sceneSize.X-1)
			copy(pix[3*(y*sceneSize.X+x):3*(y*sceneSize.X+x)+3], was[3*(v*sceneSize.X+u):])
		}
	}
}

// badJPEG is a camera that saves: blocks, and colours that bleed.
func badJPEG(_ int, pix []byte) error {
	img := image.NewRGBA(image.Rectangle{Max: sceneSize})
	for i := 0; i < len(pix); i += 3 {
		img.SetRGBA(i/3%sceneSize.X, i/3/sceneSize.X, color.RGBA{pix[i+2], pix[i+1], pix[i], 255})
	}
	var packed bytes.Buffer
	if err := jpeg.Encode(&packed, img, &jpeg.Options{Quality: 9}); err != nil {
		return err
	}
	back, err := jpeg.Decode(&packed)
	if err != nil {
		return err
	}
	for i := 0; i < len(pix); i += 3 {
		r, g, b, _ := back.At(i/3%sceneSize.X, i/3/sceneSize.X).RGBA()
		pix[i], pix[i+1], pix[i+2] = byte(b>>8), byte(g>>8), byte(r>>8)
	}
	return nil
}
