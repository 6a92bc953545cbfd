package infer

import (
	"cmp"
	"math"
	"slices"

	"gridwatch/vision"
)

// maxCandidates bounds the work of one frame; the best are kept.
const maxCandidates = 1000

// candidate is a box in pixels of the model's input, before overlapping ones are thinned out.
type candidate struct {
	class          int // Index in classes.names.
	label          int // Index of the model's labels.
	score          float32
	x0, y0, x1, y1 float32
}

// classes maps the model's labels to the classes of detections.
type classes struct {
	labels []string
	names  []string
	of     []int // Label → index in names.
}

// newClasses merges the labels that are vehicles into one class.
func newClasses(labels, vehicles []string) classes {
	c := classes{labels: labels, of: make([]int, len(labels))}
	for i, label := range labels {
		name := label
		if slices.Contains(vehicles, label) {
			name = vision.ClassVehicle
		}
		at := slices.Index(c.names, name)
		if at < 0 {
			at = len(c.names)
			c.names = append(c.names, name)
		}
		c.of[i] = at
	}
	return c
}

// detection names a candidate: by its class, and by its label where that is another word.
func (c classes) detection(b candidate, box vision.Box) vision.Detection {
	d := vision.Detection{Class: c.names[b.class], Score: round(b.score), Box: box}
	if label := c.labels[b.label]; label != d.Class {
		d.Label = label
	}
	return d
}

// suppress keeps, class by class, the boxes that do not overlap a better one by more than limit. It reorders boxes; the
// result is in the order of scores and the same for the same input.
func suppress(boxes []candidate, limit float32) []candidate {
	slices.SortStableFunc(boxes, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	boxes = boxes[:min(len(boxes), maxCandidates)]
	kept := boxes[:0]
	for _, b := range boxes {
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.class == b.class && k.overlap(b) > limit }) {
			kept = append(kept, b)
		}
	}
	return kept
}

// sound says whether the box has an area; a model fed with noise can say anything.
func (c candidate) sound() bool {
	return c.x1 > c.x0 && c.y1 > c.y0 && !math.IsInf(float64(c.x1-c.x0), 0) && !math.IsInf(float64(c.y1-c.y0), 0)
}

// overlap is intersection over union.
func (c candidate) overlap(d candidate) float32 {
	w := min(c.x1, d.x1) - max(c.x0, d.x0)
	h := min(c.y1, d.y1) - max(c.y0, d.y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := w * h
	return both / ((c.x1-c.x0)*(c.y1-c.y0) + (d.x1-d.x0)*(d.y1-d.y0) - both)
}

// box gives the candidate in normalised coordinates of a picture that covers width×height pixels of the model's input,
// cut at the picture's edges.
func (c candidate) box(width, height float32) vision.Box {
	x0, x1 := clip(c.x0/width), clip(c.x1/width)
	y0, y1 := clip(c.y0/height), clip(c.y1/height)
	return vision.Box{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func clip(v float32) float64 { return min(max(float64(v), 0), 1) }
