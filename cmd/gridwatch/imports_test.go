package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "gridwatch"

// rooms in the order in which imports may point: to the left only.
var rooms = []string{"geo", "vision", "alerts", "web", "cmd"}

// keepers are the only packages (and what lies under them) that may import a library.
var keepers = map[string][]string{
	"gocv.io/x/gocv":               {"vision/capture"},
	"github.com/jackc/pgx":         {"geo", "alerts", "migrations", "cmd"},
	"github.com/gorilla/websocket": {"web"},
	"github.com/twpayne/go-geom":   {"geo"},
	"github.com/yalue":             {"vision/infer"},
	"github.com/nats-io":           {"alerts/bus"},
}

// imports lists what each package of the module imports, its tests left out.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		names := strings.Fields(line)
		all[strings.TrimPrefix(names[0], module+"/")] = names[1:]
	}
	if len(all) < len(rooms) {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

func rank(pkg string) int {
	room, _, _ := strings.Cut(pkg, "/")
	return slices.Index(rooms, room)
}

func TestImports_PointLeft(t *testing.T) {
	for pkg, imported := range imports(t) {
		if rank(pkg) < 0 {
			continue
		}
		for _, name := range imported {
			ours, ok := strings.CutPrefix(name, module+"/")
			if ok && rank(ours) > rank(pkg) {
				t.Errorf("%s imports %s, which lies to its right", pkg, ours)
			}
		}
	}
}

func TestImports_LibrariesStayInTheirRooms(t *testing.T) {
	for pkg, imported := range imports(t) {
		for library, allowed := range keepers {
			uses := slices.ContainsFunc(imported, func(name string) bool { return strings.HasPrefix(name, library) })
			kept := slices.ContainsFunc(allowed, func(room string) bool { return pkg == room || strings.HasPrefix(pkg, room+"/") })
			if uses && !kept {
				t.Errorf("%s imports %s, which belongs to %v", pkg, library, allowed)
			}
		}
	}
}
