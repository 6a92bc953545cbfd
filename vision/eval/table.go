package eval

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// Row is one line of the table: one rule in one clip under one condition, or the sum of such lines.
type Row struct {
	Rule      string `json:"rule"`
	Clip      string `json:"clip"`
	Condition string `json:"condition"`
	Composed  bool   `json:"composed"`
	Short     bool   `json:"short_thresholds"` // Thresholds are shorter than the rule's own, because the scene is short.

	Events     int       `json:"events"` // That should be raised.
	Found      int       `json:"found"`  // Of those.
	False      int       `json:"false"`  // Raised, and about none of them.
	Repeats    int       `json:"repeats"`
	RaiseError []float64 `json:"raise_error_s,omitempty"` // Seconds too late, of each that was found.
	Clears     int       `json:"clears"`                  // That were due in the clip, or said.
	InTime     int       `json:"clears_in_time"`
	FPS        float64   `json:"frames_per_s"` // At which the whole clip ran.

	Right  []Said    `json:"right,omitempty"`  // What was said of the events.
	Wrong  []Said    `json:"wrong,omitempty"`  // What was false or repeated.
	Missed []float64 `json:"missed,omitempty"` // When the events began of which nothing was said.
}

// Precision is the share of what was raised that is about an event; false when nothing was raised.
func (r Row) Precision() (float64, bool) { return share(r.Found, r.Found+r.False) }

// Recall is the share of the events that were raised.
func (r Row) Recall() (float64, bool) { return share(r.Found, r.Events) }

func share(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

// rows are the lines of one clip, a line for each rule.
func rows(l Labels, condition string, outcomes []Outcome, wrong []Said, fences map[string]delays, clipS, fps float64) []Row {
	byRule := map[string]*Row{}
	row := func(rule string) *Row {
		if byRule[rule] == nil {
			byRule[rule] = &Row{Rule: rule, Clip: l.Name, Condition: condition, Composed: l.Composed, FPS: fps}
		}
		return byRule[rule]
	}
	for _, o := range outcomes {
		r, f := row(o.Rule), fences[o.Fence]
		r.Short = r.Short || l.isShort(o.Fence)
		r.Repeats += len(o.Repeats)
		r.Wrong = append(r.Wrong, o.Repeats...)
		if !o.Raised {
			continue
		}
		r.Events++
		if o.Said == nil {
			r.Missed = append(r.Missed, o.From)
			continue
		}
		r.Found++
		r.Right = append(r.Right, *o.Said)
		r.RaiseError = append(r.RaiseError, o.raiseError(f.raiseS))
		if due, inTime := o.cleared(f.lateS, clipS); due {
			r.Clears++
			if inTime {
				r.InTime++
			}
		}
	}
	for _, s := range wrong {
		r := row(s.Rule)
		r.False++
		r.Wrong = append(r.Wrong, s)
	}
	var all []Row
	for _, r := range byRule {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Row) int { return cmp.Compare(a.Rule, b.Rule) })
	return all
}

// Totals are a line for each rule over all clips.
func Totals(all []Row) []Row {
	byRule := map[string]*Row{}
	for _, r := range all {
		t := byRule[r.Rule]
		if t == nil {
			t = &Row{Rule: r.Rule, Clip: "all", Condition: "all"}
			byRule[r.Rule] = t
		}
		t.Events, t.Found, t.False, t.Repeats = t.Events+r.Events, t.Found+r.Found, t.False+r.False, t.Repeats+r.Repeats
		t.RaiseError = append(t.RaiseError, r.RaiseError...)
		t.Clears, t.InTime = t.Clears+r.Clears, t.InTime+r.InTime
		t.Composed, t.Short = t.Composed || r.Composed, t.Short || r.Short
		t.FPS += r.FPS
	}
	var totals []Row
	for rule, t := range byRule {
		n := 0
		for _, r := range all {
			if r.Rule == rule {
				n++
			}
		}
		t.FPS /= float64(n)
		totals = append(totals, *t)
	}
	slices.SortFunc(totals, func(a, b Row) int { return cmp.Compare(a.Rule, b.Rule) })
	return totals
}

// Print writes rows as a table, and what its marks mean.
func Print(w io.Writer, all []Row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "rule\tclip\tcondition\tevents\tfound\tfalse\trepeats\tprecision\trecall\traise error s\tcleared in time\tframes/s")
	for _, r := range all {
		clip := r.Clip
		if r.Composed {
			clip += " †"
		}
		if r.Short {
			clip += " *"
		}
		precision, any := r.Precision()
		recall, asked := r.Recall()
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%.0f\n", r.Rule, clip, r.Condition, r.Events, r.Found, r.False, r.Repeats,
			percent(precision, any), percent(recall, asked), spread(r.RaiseError), inTime(r), r.FPS)
	}
	fmt.Fprintln(t)
	fmt.Fprintln(t, "† composed: real ground, light and people, and things added to them.  * thresholds shorter than the rule's own, because the scene is short.")
	fmt.Fprintln(t, "raise error: median and farthest from when it was due.  – : nothing to measure.")
	return t.Flush()
}

func percent(v float64, ok bool) string {
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.2f", v)
}

// spread is the median and the farthest from 0.
func spread(errors []float64) string {
	if len(errors) == 0 {
		return "–"
	}
	sorted := slices.Sorted(slices.Values(errors))
	farthest := slices.MaxFunc(errors, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	middle := sorted[len(sorted)/2]
	if len(errors) == 1 {
		return fmt.Sprintf("%+.1f", middle)
	}
	return strings.Join([]string{fmt.Sprintf("%+.1f", middle), fmt.Sprintf("%+.1f", farthest)}, " / ")
}

func inTime(r Row) string {
	if r.Clears == 0 {
		return "–"
	}
	return fmt.Sprintf("%d of %d", r.InTime, r.Clears)
}
