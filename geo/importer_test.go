package geo_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridwatch/geo"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// imports is an importer at work, over a city of one district in Linzi.
type imports struct {
	*geo.Importer
	t      *testing.T
	drafts *geo.Drafts
	pool   *pgxpool.Pool
	dir    string
	by     geo.Actor
	ended  ended
}

// ended says the number of each import of which the importer's log says that it ended.
type ended chan int64

func (e ended) Enabled(context.Context, slog.Level) bool { return true }
func (e ended) WithAttrs([]slog.Attr) slog.Handler       { return e }
func (e ended) WithGroup(string) slog.Handler            { return e }
func (e ended) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "import ended" {
		r.Attrs(func(a slog.Attr) bool {
			if a.Key == "import" {
				e <- a.Value.Int64()
			}
			return true
		})
	}
	return nil
}

func startImports(t *testing.T) *imports {
	t.Helper()
	store, pool := openStore(t)
	ctx := t.Context()
	err := store.PutDistrict(ctx, geo.District{Code: "370305", Name: "临淄区", Outline: orb.MultiPolygon{
		{{{118.2, 36.7}, {118.5, 36.7}, {118.5, 36.9}, {118.2, 36.9}, {118.2, 36.7}}}}})
	if err != nil {
		t.Fatal(err)
	}
	m := &imports{t: t, pool: pool, dir: t.TempDir(), ended: make(ended, 10), drafts: geo.NewDrafts(pool, geo.NewLocator(store), nothingElse{})}
	err = pool.QueryRow(ctx, `INSERT INTO people (username, name, role, password) VALUES ('p', '规划员', 'planner', 'x') RETURNING id`).Scan(&m.by.ID)
	if err != nil {
		t.Fatal(err)
	}
	m.restart()
	return m
}

// restart is another process with the same folder and database.
func (m *imports) restart() {
	m.t.Helper()
	importer, err := geo.NewImporter(m.pool, m.drafts, m.dir, slog.New(m.ended))
	if err != nil {
		m.t.Fatal(err)
	}
	m.Importer = importer
}

// send gives a file in, and waits until it is done.
func (m *imports) send(file string, about geo.Survey) geo.Import {
	m.t.Helper()
	begun, err := m.Begin(m.t.Context(), strings.NewReader(file), about, geo.DraftStart{Title: "普查"}, m.by)
	if err != nil {
		m.t.Fatal(err)
	}
	if begun.State != geo.ImportReading || begun.Step != "queued" {
		m.t.Errorf("began as %+v", begun)
	}
	ctx, stop := context.WithCancel(m.t.Context())
	done := make(chan error)
	go func() { done <- m.Run(ctx) }()
	defer func() {
		stop()
		if err := <-done; err != nil {
			m.t.Error(err)
		}
	}()
	return m.wait(begun.ID)
}

func (m *imports) wait(id int64) geo.Import {
	m.t.Helper()
	for ended := range m.ended {
		if ended == id {
			break
		}
	}
	now, err := m.Import(m.t.Context(), id)
	if err != nil {
		m.t.Fatal(err)
	}
	return now
}

// state is everything that an import may change.
func (m *imports) state() string {
	m.t.Helper()
	var state string
	err := m.pool.QueryRow(m.t.Context(), `SELECT (SELECT count(*) FROM editions) || ' editions, ' || (SELECT count(*) FROM grids) || ' grids'`).Scan(&state)
	if err != nil {
		m.t.Fatal(err)
	}
	return state
}

// torn is a survey of two communities whose common border was drawn twice, and a third that overlaps the second.
func torn() string {
	polygon := func(points string) string { return "POLYGON((" + points + "))" }
	return "code,name,street,wkt\n" +
		fmt.Sprintf("370305001001001,西社区,闻韶街道,%q\n", polygon("118.30 36.80,118.31 36.80,118.309995 36.805,118.31 36.81,118.30 36.81,118.30 36.80")) +
		fmt.Sprintf("370305001002001,中社区,闻韶街道,%q\n", polygon("118.31 36.80,118.32 36.80,118.32 36.81,118.31 36.81,118.31 36.80")) +
		fmt.Sprintf("370305001003001,东社区,闻韶街道,%q\n", polygon("118.319995 36.80,118.33 36.80,118.33 36.81,118.319995 36.81,118.319995 36.80"))
}

func TestImporter_MakesADraftAndOffersMends(t *testing.T) {
	m := startImports(t)
	done := m.send(torn(), geo.Survey{Net: geo.Community, CRS: "EPSG:4490"})
	if done.State != geo.ImportDrafted || done.Edition == 0 || done.Format != "csv" || done.Grids != 3 || done.Ended.IsZero() {
		t.Fatalf("got %+v, %v", done, done.Refusal)
	}
	ctx := t.Context()
	grids, edition, err := m.drafts.Grids(ctx, done.Edition)
	if err != nil || len(grids) != 3 || edition.State != geo.EditionDraft || edition.Title != "普查" || edition.Author == nil {
		t.Fatalf("%d grids of %+v, %v", len(grids), edition, err)
	}
	mends, edition, err := m.drafts.Mends(ctx, done.Edition, geo.DefaultToleranceM)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	var all []geo.Acceptance
	for _, mend := range mends {
		kinds = append(kinds, string(mend.Kind))
		all = append(all, geo.Acceptance{ID: mend.ID})
	}
	if fmt.Sprint(kinds) != "[sliver overlap]" {
		t.Fatalf("offered %v", mends)
	}
	if m.overlaps(done.Edition) == 0 {
		t.Error("something was mended that nobody accepted")
	}
	edited, err := m.drafts.AcceptMends(ctx, done.Edition, edition.Version, geo.DefaultToleranceM, all, m.by)
	if err != nil {
		t.Fatal(err)
	}
	if len(edited.Changed) == 0 || edited.Edition.Version != edition.Version+1 {
		t.Errorf("changed %d grids to version %d", len(edited.Changed), edited.Edition.Version)
	}
	if n := m.overlaps(done.Edition); n != 0 {
		t.Errorf("%d pairs overlap", n)
	}
	if mends, _, err := m.drafts.Mends(ctx, done.Edition, geo.DefaultToleranceM); err != nil || len(mends) != 0 {
		t.Errorf("left: %v, %v", mends, err)
	}
	checked, problems, err := m.drafts.Check(ctx, done.Edition, m.by)
	if err != nil || checked.State != geo.EditionChecked {
		t.Errorf("%s with %+v, %v", checked.State, problems, err)
	}
	// What was accepted is one step, and can be taken back.
	if _, err := m.drafts.Undo(ctx, done.Edition, 0, m.by); err != nil {
		t.Fatal(err)
	}
	if m.overlaps(done.Edition) == 0 {
		t.Error("the step was not taken back")
	}
	_, err = m.drafts.AcceptMends(ctx, done.Edition, edition.Version, geo.DefaultToleranceM, all, m.by)
	if err == nil {
		t.Error("a stale version was taken")
	}
}

// overlaps lets PostGIS count the pairs of an edition that share ground.
func (m *imports) overlaps(edition int64) (n int) {
	m.t.Helper()
	err := m.pool.QueryRow(m.t.Context(), `
		SELECT count(*) FROM grids a JOIN grids b ON b.edition = a.edition AND a.code < b.code AND a.geom && b.geom
		WHERE a.edition = $1 AND ST_Relate(a.geom, b.geom, 'T********')`, edition).Scan(&n)
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

func TestImporter_RefusesAndChangesNothing(t *testing.T) {
	m := startImports(t)
	before := m.state()
	elsewhere := geo.CRS("EPSG:4549").FromWGS84(orb.Point{118.30, 36.80})
	moved := fmt.Sprintf("POLYGON((%f %f,%f %f,%f %f,%[1]f %[2]f))", elsewhere[0], elsewhere[1], elsewhere[0]+900, elsewhere[1], elsewhere[0]+900, elsewhere[1]+900)
	for _, test := range []struct {
		name, file  string
		about       geo.Survey
		field, rule string
	}{
		{"a bow-tie", csvOf(west, "辛东社区", "POLYGON((118.30 36.80,118.31 36.81,118.31 36.80,118.30 36.81,118.30 36.80))"),
			geo.Survey{Net: geo.Community, CRS: "EPSG:4490"}, "feature 0 " + west + " 辛东社区: boundary[0][0]", "crosses"},
		{"14 digits", csvOf("37030500100100", "辛东社区", squareWKT), geo.Survey{Net: geo.Community, CRS: "EPSG:4490"}, "feature 0 37030500100100 辛东社区: code", "15 digits"},
		{"no system", csvOf(west, "辛东社区", squareWKT), geo.Survey{Net: geo.Community}, "crs", "missing"},
		{"another meridian", csvOf(west, "辛东社区", moved), geo.Survey{Net: geo.Community, CRS: "EPSG:4548"}, "crs", "in EPSG:4549 they would lie in it"},
		{"another city", csvOf(west, "辛东社区", strings.ReplaceAll(squareWKT, "118.3", "121.3")), geo.Survey{Net: geo.Community, CRS: "EPSG:4326"}, "crs", "another city"},
		{"less than a step wide", csvOf(west, "辛东社区", "POLYGON((118.30 36.80,118.31 36.80,118.31 36.80000001,118.30 36.80))"), geo.Survey{Net: geo.Community, CRS: "EPSG:4326"}, "grid " + west + " 辛东社区: boundary", "not_simple"},
	} {
		t.Run(test.name, func(t *testing.T) {
			done := m.send(test.file, test.about)
			if done.State != geo.ImportRefused || done.Refusal == nil {
				t.Fatalf("got %+v", done)
			}
			wantInvalid(t, done.Refusal, test.field, test.rule)
		})
	}
	for _, test := range []struct {
		about       geo.Survey
		field, rule string
	}{
		{geo.Survey{Net: "canal"}, "net", "must be"},
		{geo.Survey{Net: geo.Road, CRS: "EPSG:3857"}, "crs", "not known"},
		{geo.Survey{Net: geo.Road, Format: "dxf"}, "format", "one of"},
		{geo.Survey{Net: geo.Road, Encoding: "Big5"}, "encoding", "UTF-8 or GBK"},
	} {
		_, err := m.Begin(t.Context(), strings.NewReader(torn()), test.about, geo.DraftStart{}, m.by)
		wantInvalid(t, err, test.field, test.rule)
	}
	if after := m.state(); after != before {
		t.Errorf("the database was %s and is %s", before, after)
	}
	if left, err := os.ReadDir(m.dir); err != nil || len(left) != 0 {
		t.Errorf("files were left: %v, %v", left, err)
	}
	list, err := m.Imports(t.Context())
	if err != nil || len(list) != 6 || list[0].ID < list[5].ID {
		t.Errorf("%d imports, %v", len(list), err)
	}
}

func TestImporter_TellsWhenItWasCutOff(t *testing.T) {
	m := startImports(t)
	begun, err := m.Begin(t.Context(), strings.NewReader(torn()), geo.Survey{Net: geo.Community, CRS: "EPSG:4490"}, geo.DraftStart{}, m.by)
	if err != nil {
		t.Fatal(err)
	}
	m.restart()
	if done := m.send(torn(), geo.Survey{Net: geo.Community, CRS: "EPSG:4490"}); done.State != geo.ImportDrafted {
		t.Errorf("the next one: %+v", done)
	}
	cut, err := m.Import(t.Context(), begun.ID)
	if err != nil || cut.Refusal == nil {
		t.Fatalf("got %+v, %v", cut, err)
	}
	wantInvalid(t, cut.Refusal, "file", "send it again")
	if left, err := filepath.Glob(filepath.Join(m.dir, "*")); err != nil || len(left) != 0 {
		t.Errorf("files were left: %v, %v", left, err)
	}
}
