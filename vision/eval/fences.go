package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"gridwatch/geo"

	"github.com/paulmach/orb"
)

// ViewID is the one view of a clip: fences on the frame belong to it.
const ViewID = "clip"

// fencesFile is the fences of a clip as people write them, in normalised frame coordinates:
//
//	{"fences":[{"name":"lane","rule":"fire_lane","polygon":[[0.8,0.1],[0.9,0.1],[0.9,0.2]],"hours":"22:00-06:00"}]}
type fencesFile struct {
	Fences []fenceFile `json:"fences"`
}

type fenceFile struct {
	Name       string             `json:"name"`
	Rule       string             `json:"rule"`
	Polygon    [][]float64        `json:"polygon"`
	Hours      hours              `json:"hours"`
	Thresholds map[string]float64 `json:"thresholds"`
}

// DecodeFences reads a clip's fences. An *geo.InvalidError names the fence and the rule that it breaks. Whether its rule and
// thresholds exist, the rules say.
func DecodeFences(text []byte) ([]geo.Fence, error) {
	var file fencesFile
	if err := strict(text, &file); err != nil {
		return nil, err
	}
	if len(file.Fences) == 0 {
		return nil, geo.Invalid("fences", "there is none")
	}
	fences := make([]geo.Fence, 0, len(file.Fences))
	named := map[string]int{}
	for i, f := range file.Fences {
		fence, err := f.fence()
		if err != nil {
			return nil, fmt.Errorf("fences[%d].%w", i, err)
		}
		if first, twice := named[f.Name]; twice {
			return nil, geo.Invalid(fmt.Sprintf("fences[%d].name", i), "%q is fences[%d] already", f.Name, first)
		}
		named[f.Name] = i
		fences = append(fences, fence)
	}
	return fences, nil
}

func (f fenceFile) fence() (geo.Fence, error) {
	if len(f.Polygon) < 3 {
		return geo.Fence{}, geo.Invalid("polygon", "must have three corners at least (got %d)", len(f.Polygon))
	}
	ring := make(orb.Ring, len(f.Polygon), len(f.Polygon)+1)
	for i, corner := range f.Polygon {
		var err error
		if ring[i], err = point(fmt.Sprintf("polygon[%d]", i), corner); err != nil {
			return geo.Fence{}, err
		}
	}
	if ring[0] != ring[len(ring)-1] {
		ring = append(ring, ring[0])
	}
	if f.Name == "" {
		return geo.Fence{}, geo.Invalid("name", "is missing")
	}
	fence := geo.Fence{
		ID: f.Name, Name: f.Name, Rule: f.Rule, ViewID: ViewID, Frame: orb.Polygon{ring},
		Hours: geo.Hours(f.Hours), Thresholds: f.Thresholds,
	}
	return fence, fence.Validate()
}

// hours are geo.Hours, or a line like "06:00-08:30, 22:00-24:00"; none, null and "" are always open.
type hours geo.Hours

// UnmarshalJSON reads both forms.
func (h *hours) UnmarshalJSON(text []byte) error {
	var line string
	if json.Unmarshal(text, &line) != nil {
		return strict(text, (*geo.Hours)(h))
	}
	if strings.TrimSpace(line) == "" {
		return nil
	}
	for window := range strings.SplitSeq(line, ",") {
		from, to, ok := strings.Cut(strings.ReplaceAll(window, "–", "-"), "-")
		if !ok {
			return geo.Invalid("hours", `must be like "22:00-06:00" (got %q)`, line)
		}
		h.Windows = append(h.Windows, geo.Window{From: strings.TrimSpace(from), To: strings.TrimSpace(to)})
	}
	return nil
}

// DecodePairs reads a calibration: {"pairs":[{"pixel":[0.1,0.9],"lonlat":[118.3,36.8]}, …]}, four at least.
func DecodePairs(text []byte) ([]geo.Pair, error) {
	var file struct {
		Pairs []struct {
			Pixel  []float64 `json:"pixel"`
			LonLat []float64 `json:"lonlat"`
		} `json:"pairs"`
	}
	if err := strict(text, &file); err != nil {
		return nil, err
	}
	var pairs []geo.Pair
	for i, p := range file.Pairs {
		pixel, err := point(fmt.Sprintf("pairs[%d].pixel", i), p.Pixel)
		if err != nil {
			return nil, err
		}
		lonlat, err := point(fmt.Sprintf("pairs[%d].lonlat", i), p.LonLat)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, geo.Pair{Pixel: pixel, LonLat: lonlat})
	}
	return pairs, nil
}

// point takes exactly two numbers: an array of fixed length would fill up or cut off.
func point(field string, numbers []float64) (orb.Point, error) {
	if len(numbers) != 2 {
		return orb.Point{}, geo.Invalid(field, "must be two numbers (got %d)", len(numbers))
	}
	return orb.Point{numbers[0], numbers[1]}, nil
}

// strict decodes one JSON value with known fields only and nothing behind it.
func strict(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more behind the JSON value")
	}
	return nil
}
