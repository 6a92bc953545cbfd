package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"gridwatch/alerts"
	"gridwatch/geo"
	"gridwatch/migrations"
	"gridwatch/migrations/cluster"
	"gridwatch/vision/capture"
)

// demo is one run of the demonstration.
type demo struct {
	dir    string // Everything it makes.
	models string // Folder of the detector.
	clip   string // The real clip.
	out    io.Writer
	step   int
}

const demoSteps = 5

// demoPeople are the accounts that a new user may sign in to.
var demoPeople = []alerts.Person{
	{Username: "operator", Name: "值班员小林", Role: alerts.Operator},
	{Username: "officer", Name: "王建国", Role: alerts.Officer},
	{Username: "planner", Name: "规划员老周", Role: alerts.Planner},
	{Username: "planner2", Name: "规划员小吴", Role: alerts.Planner}, // Nobody reviews what they made themselves.
	{Username: "admin", Name: "管理员老郑", Role: alerts.Administrator},
}

// login is one line of logins.json.
type login struct {
	Role     alerts.Role `json:"role"`
	Username string      `json:"username"`
	Password string      `json:"password"`
}

func runDemo(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	d := demo{out: out}
	flags.StringVar(&d.dir, "dir", "var/demo", "`FOLDER` for the database, pictures and logins")
	flags.StringVar(&d.models, "models", "var/models", "`FOLDER` of the detector")
	flags.StringVar(&d.clip, "clip", "var/setup/vtest.avi", "the real clip `FILE`")
	remove := flags.Bool("remove", false, "remove the demonstration and end")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *remove {
		return d.remove()
	}
	return d.run(ctx)
}

func (d *demo) remove() error {
	if err := cluster.Remove(d.cluster()); err != nil {
		return err
	}
	if err := os.RemoveAll(d.dir); err != nil {
		return err
	}
	fmt.Fprintln(d.out, "removed", d.dir)
	return nil
}

func (d *demo) cluster() string { return filepath.Join(d.dir, "postgis") }
func (d *demo) clips() string   { return filepath.Join(d.dir, "clips") }

func (d *demo) run(ctx context.Context) error {
	cfg, err := loadConfig("", os.Getenv)
	if err != nil {
		return err
	}
	cfg.DataDir = filepath.Join(d.dir, "data")
	cfg.CameraFiles = d.clips()
	cfg.Detector.Model = filepath.Join(d.models, "nanodet-g.onnx")
	cfg.Detector.Library = filepath.Join(d.models, "libonnxruntime.so")
	if err := os.MkdirAll(d.dir, 0o755); err != nil {
		return err
	}
	if err := d.makeClips(ctx); err != nil {
		return err
	}
	d.say("Starting the private PostGIS")
	c, err := cluster.Start(ctx, cluster.Config{Dir: d.cluster()})
	if err != nil {
		return err
	}
	defer c.Stop()
	if cfg.DatabaseURL, err = c.EnsureDatabase(ctx, "gridwatch"); err != nil {
		return err
	}
	d.say("Bringing the schema up to date")
	if err := migrations.Up(ctx, cfg.DatabaseURL, func(file string) { fmt.Fprintln(d.out, "    applied", file) }); err != nil {
		return err
	}
	d.say("Loading the demonstration city (Linzi: real outline and names, drawn boundaries)")
	logins, err := d.loadCity(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	d.say("Starting the service")
	return serve(ctx, cfg, func(address string) { d.announce(address, logins) })
}

func (d *demo) say(what string) {
	d.step++
	fmt.Fprintf(d.out, "[%d/%d] %s\n", d.step, demoSteps, what)
}

// makeClips puts the real clip and the scenes composed from it where the cameras look for them.
func (d *demo) makeClips(ctx context.Context) error {
	d.say("Composing the demonstration scenes")
	if err := os.MkdirAll(d.clips(), 0o755); err != nil {
		return err
	}
	clip, err := filepath.Abs(d.clip)
	if err != nil {
		return err
	}
	real := filepath.Join(d.clips(), "vtest.avi")
	if err := os.Remove(real); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Symlink(clip, real); err != nil {
		return err
	}
	for _, kind := range []string{"vending", "debris"} {
		if err := d.compose(ctx, kind, clip); err != nil {
			return fmt.Errorf("compose %s: %w", kind, err)
		}
	}
	return nil
}

// compose makes one scene unless an earlier start did. Half-made ones never get the final name.
func (d *demo) compose(ctx context.Context, kind, clip string) error {
	path := filepath.Join(d.clips(), kind+".avi")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	part := filepath.Join(d.clips(), "part-"+kind+".avi")
	last := -1
	err := capture.Compose(ctx, kind, clip, part, func(done, total int) {
		if percent := done * 100 / max(total, 1); percent/10 != last/10 || last < 0 {
			last = percent
			fmt.Fprintf(d.out, "    %s scene %3d %%\n", kind, percent)
		}
	})
	if err != nil {
		return err
	}
	return os.Rename(part, path)
}

func (d *demo) loadCity(ctx context.Context, url string) ([]login, error) {
	pool, err := geo.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	logins, err := d.ensureLogins(ctx, alerts.NewPeople(pool))
	if err != nil {
		return nil, err
	}
	city, err := newDemoCity(pool, d.clips(), "officer")
	if err != nil {
		return nil, err
	}
	return logins, city.load(ctx)
}

// ensureLogins makes the accounts with random passwords on the first start and keeps them in a file that only its
// owner may read. Who is not in the file gets a new password.
func (d *demo) ensureLogins(ctx context.Context, people *alerts.People) ([]login, error) {
	path := filepath.Join(d.dir, "logins.json")
	var logins []login
	text, err := os.ReadFile(path)
	switch {
	case err == nil:
		if err := json.Unmarshal(text, &logins); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	for _, p := range demoPeople {
		if slices.ContainsFunc(logins, func(l login) bool { return l.Username == p.Username }) {
			continue
		}
		l := login{Role: p.Role, Username: p.Username, Password: randomPassword()}
		_, err := people.Person(ctx, p.Username)
		switch {
		case err == nil:
			err = people.SetPassword(ctx, p.Username, l.Password)
		case errors.Is(err, geo.ErrNotFound):
			_, err = people.Create(ctx, p, l.Password)
		}
		if err != nil {
			return nil, err
		}
		logins = append(logins, l)
	}
	if text, err = json.MarshalIndent(logins, "", "  "); err != nil {
		return nil, err
	}
	return logins, os.WriteFile(path, append(text, '\n'), 0o600)
}

func (d *demo) announce(address string, logins []login) {
	fmt.Fprintf(d.out, "\nGridwatch 网格哨 is at http://%s\n\n", address)
	for _, l := range logins {
		fmt.Fprintf(d.out, "    %-13s %-9s %s\n", l.Role, l.Username, l.Password)
	}
	fmt.Fprintf(d.out, "\nThe first alerts come within two minutes. Ctrl-C stops everything; `make clean-demo` removes it.\n")
}
