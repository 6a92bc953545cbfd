package eval

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridwatch/vision"
	"gridwatch/vision/capture"
)

// Exam runs labelled clips and holds what is said against the labels.
type Exam struct {
	Runner   Runner
	Rules    vision.Rules
	Real     string // The real clip, of which the scenes are made.
	Cache    string // Where scenes are kept; a scene that lies there is not made again.
	Folder   string // Recordings with their labels beside them; empty for the shipped labels alone.
	Only     string // Clips and conditions whose "name condition" contains it; empty for all.
	Progress func(what string)

	studio *capture.Studio // Opened for the first scene that has to be made.
}

// sceneFPS is how many frames a second are looked at, as live.
const sceneFPS = 2

// delays of a fence, in seconds.
type delays struct {
	raiseS float64
	lateS  float64 // Grace and leave delay.
}

// Run takes every clip through everything, in the order of the labels.
func (e *Exam) Run(ctx context.Context) ([]Row, error) {
	labels, err := Shipped()
	if err != nil {
		return nil, err
	}
	if e.Folder != "" {
		more, err := readLabels(os.DirFS(e.Folder), ".")
		if err != nil {
			return nil, err
		}
		labels = append(labels, more...)
	}
	var all []Row
	for _, l := range labels {
		for _, condition := range l.Conditions {
			if !strings.Contains(l.Name+" "+condition, e.Only) {
				continue
			}
			lines, err := e.clip(ctx, l, condition)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", l.Name, condition, err)
			}
			all = append(all, lines...)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no clip is called %q", e.Only)
	}
	return all, nil
}

// clip runs one clip under one condition.
func (e *Exam) clip(ctx context.Context, l Labels, condition string) ([]Row, error) {
	city, err := l.city(e.Rules)
	if err != nil {
		return nil, err
	}
	fences := map[string]delays{}
	for _, f := range l.Fences {
		rule, _ := e.Rules.Rule(f.Rule)
		th, _, err := rule.For(f)
		if err != nil {
			return nil, err
		}
		fences[f.Name] = delays{raiseS: th.RaiseS, lateS: th.GapS + th.LeaveS}
	}
	path, err := e.picture(ctx, l, condition)
	if err != nil {
		return nil, err
	}
	e.tell("%s, %s: watching", l.Name, condition)
	var said []Said
	began := time.Now()
	sum, err := e.Runner.Run(ctx, Clip{Path: path, Start: clipStart, City: city, FPS: sceneFPS}, Hooks{
		Sighting: func(s vision.Sighting, t float64, _ []Picture) error {
			said = hear(said, s, t)
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	fps := float64(sum.Frames) / time.Since(began).Seconds()
	outcomes, wrong := Match(l.Events, said, func(fence string) float64 { return fences[fence].lateS })
	return rows(l, condition, outcomes, wrong, fences, sum.Seconds, fps), nil
}

// picture is the file of a clip. A scene is made when it does not lie in the cache; what is made lies there under the
// recipe's own name, so that another recipe is another file.
func (e *Exam) picture(ctx context.Context, l Labels, condition string) (string, error) {
	if l.File != "" {
		return filepath.Join(e.Folder, l.File), nil
	}
	if l.Scene == capture.RealScene && condition == Day {
		return e.Real, nil
	}
	parts, err := conditions(condition)
	if err != nil {
		return "", err
	}
	recipe := capture.Recipe{Scene: l.Scene, Conditions: parts, Seconds: l.Seconds}
	text, err := json.Marshal(recipe)
	if err != nil {
		return "", err
	}
	mark := sha256.Sum256(append(text, capture.StudioVersion...))
	path := filepath.Join(e.Cache, fmt.Sprintf("%s-%s-%s%s", l.Scene, condition, hex.EncodeToString(mark[:4]), recipe.Suffix()))
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if e.studio == nil {
		e.tell("reading the real clip")
		if err := os.MkdirAll(e.Cache, 0o755); err != nil {
			return "", err
		}
		if e.studio, err = capture.OpenStudio(ctx, e.Real); err != nil {
			return "", err
		}
	}
	e.tell("%s, %s: composing", l.Name, condition)
	return path, e.studio.Film(ctx, recipe, path)
}

func (e *Exam) tell(format string, args ...any) {
	if e.Progress != nil {
		e.Progress(fmt.Sprintf(format, args...))
	}
}
