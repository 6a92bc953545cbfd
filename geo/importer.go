package geo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gridwatch/geo/coverage"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
)

// Importer makes draft editions of survey files, one at a time in the background. What a file is and what becomes of it
// is a row in the database; the file waits in a folder. It is safe for many goroutines.
type Importer struct {
	pool   *pgxpool.Pool
	drafts *Drafts
	dir    string
	log    *slog.Logger
	queue  chan queued
}

// maxQueued is how many files may wait.
const maxQueued = 16

type queued struct {
	id     int64
	survey Survey
	start  DraftStart
	by     Actor
}

// ImportState says how far an import came.
type ImportState string

const (
	ImportReading ImportState = "reading"
	ImportDrafted ImportState = "drafted" // Its edition is there.
	ImportRefused ImportState = "refused" // Nothing was made of it.
)

// ImportStates lists every state.
var ImportStates = []ImportState{ImportReading, ImportDrafted, ImportRefused}

// ImportSteps are what is done with a file, in this order.
var ImportSteps = []string{"queued", "reading", "joining", "storing", "done"}

// Import is a file of grids on its way to being a draft edition.
type Import struct {
	ID       int64
	Net      Net
	Title    string
	Format   string // As stated, then as found; so is the system.
	CRS      string
	State    ImportState
	Step     string
	Grids    int
	Refusal  *InvalidError // Of a refused one.
	Edition  int64         // 0 while there is none.
	At       time.Time
	Ended    time.Time
	Planned  time.Time
	Encoding string
}

// ErrImportsFull says that too many files wait.
var ErrImportsFull = errors.New("geo: too many files wait to be imported")

// NewImporter returns an importer whose files wait in dir, which is its own.
func NewImporter(pool *pgxpool.Pool, drafts *Drafts, dir string, log *slog.Logger) (*Importer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of imports: %w", err)
	}
	return &Importer{pool: pool, drafts: drafts, dir: dir, log: log, queue: make(chan queued, maxQueued)}, nil
}

// Begin takes a file in. What it says of the file is checked now, the file itself by and by: Import tells how far it is.
func (i *Importer) Begin(ctx context.Context, file io.Reader, about Survey, start DraftStart, by Actor) (Import, error) {
	if err := about.check(); err != nil {
		return Import{}, err
	}
	start.Net = about.Net
	if start.Title = strings.TrimSpace(start.Title); start.Title == "" {
		start.Title = "导入 " + time.Now().Format(time.DateOnly)
	}
	if err := validText("title", start.Title); err != nil {
		return Import{}, err
	}
	path, err := i.keep(file)
	if err != nil {
		return Import{}, err
	}
	var id int64
	err = i.pool.QueryRow(ctx, `
		INSERT INTO imports (net, title, format, crs, encoding, planned_at, person) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		about.Net, start.Title, about.Format, about.CRS, about.Encoding, orNone(start.Planned), by.ID).Scan(&id)
	if err != nil {
		os.Remove(path)
		return Import{}, fmt.Errorf("import %q: %w", start.Title, err)
	}
	about.Path = i.path(id)
	if err := os.Rename(path, about.Path); err != nil {
		return Import{}, err
	}
	begun, err := i.Import(ctx, id)
	if err != nil {
		return Import{}, err
	}
	select {
	case i.queue <- queued{id, about, start, by}:
		return begun, nil
	default:
		i.end(ctx, id, Edition{}, Invalid("file", "too many files wait: send it again in a while"))
		return Import{}, ErrImportsFull
	}
}

func (i *Importer) path(id int64) string {
	return filepath.Join(i.dir, strconv.FormatInt(id, 10)+".survey")
}

// check refuses what a person says of a file, before the file is looked at.
func (s Survey) check() error {
	if err := s.Net.Validate(); err != nil {
		return err
	}
	if s.CRS != "" {
		if _, err := ParseCRS(s.CRS); err != nil {
			return err
		}
	}
	if s.Format != "" {
		if _, err := ParseFormat(s.Format); err != nil {
			return err
		}
	}
	_, err := parseEncoding(s.Encoding)
	return err
}

// keep writes a file into the folder, if it is not too large.
func (i *Importer) keep(file io.Reader) (string, error) {
	out, err := os.CreateTemp(i.dir, "coming-")
	if err != nil {
		return "", err
	}
	defer out.Close()
	n, err := io.Copy(out, io.LimitReader(file, maxSurveyBytes+1))
	if err == nil && n > maxSurveyBytes {
		err = Invalid("file", "is larger than %d MB", maxSurveyBytes>>20)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		os.Remove(out.Name())
		return "", err
	}
	return out.Name(), nil
}

// Run reads the files until ctx ends. Those that waited when the program last ended are refused: their bringers are told.
func (i *Importer) Run(ctx context.Context) error {
	if err := i.giveUpOld(ctx); err != nil && ctx.Err() == nil {
		i.log.Warn("imports that were cut off could not be ended", "err", err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case next := <-i.queue:
			edition, err := i.draft(ctx, next)
			i.end(ctx, next.id, edition, err)
		}
	}
}

func (i *Importer) giveUpOld(ctx context.Context) error {
	files, err := os.ReadDir(i.dir)
	if err != nil {
		return err
	}
	waiting := map[int64]bool{}
	for range len(i.queue) { // What came before Run did.
		next := <-i.queue
		waiting[next.id] = true
		i.queue <- next
	}
	for _, file := range files {
		name, _, _ := strings.Cut(file.Name(), ".")
		id, err := strconv.ParseInt(name, 10, 64)
		switch {
		case err != nil && !strings.HasPrefix(file.Name(), "coming-"):
		case err == nil && !waiting[id]:
			i.end(ctx, id, Edition{}, errCutOff)
		}
	}
	return nil
}

var errCutOff = Invalid("file", "the program ended while it was read: send it again")

// draft makes the edition.
func (i *Importer) draft(ctx context.Context, q queued) (Edition, error) {
	i.step(ctx, q.id, "reading", 0)
	grids, format, crs, err := ReadSurvey(ctx, q.survey)
	if err != nil {
		return Edition{}, err
	}
	_, err = i.pool.Exec(ctx, `UPDATE imports SET format = $2, crs = $3 WHERE id = $1`, q.id, format, crs)
	if err != nil {
		return Edition{}, err
	}
	i.step(ctx, q.id, "joining", len(grids))
	if q.start.Grids, err = i.drafts.Imported(ctx, grids, crs); err != nil {
		return Edition{}, err
	}
	i.step(ctx, q.id, "storing", len(grids))
	edition, err := i.drafts.Begin(ctx, q.start, q.by)
	return edition, refusedShape(grids, err)
}

// Imported are grids of a file, brought to the form of editions, if they lie in the city.
func (d *Drafts) Imported(ctx context.Context, grids []Grid, crs CRS) ([]Grid, error) {
	districts, err := d.store.Districts(ctx)
	if err != nil {
		return nil, err
	}
	if err := inCity(grids, crs, districts); err != nil {
		return nil, err
	}
	return FitGrids(grids), nil
}

// inCity refuses grids none of which comes near a district: they are in another system than was stated, and the error says
// in which they would lie there.
func inCity(grids []Grid, crs CRS, districts []District) error {
	if len(districts) == 0 {
		return nil
	}
	city := districts[0].Outline.Bound()
	for _, d := range districts {
		city = city.Union(d.Outline.Bound())
	}
	for _, g := range grids {
		if g.Boundary.Bound().Intersects(city) {
			return nil
		}
	}
	p := grids[0].Boundary[0][0][0]
	centre := orb.Point{(city.Min[0] + city.Max[0]) / 2, (city.Min[1] + city.Max[1]) / 2}
	hint := "are they of another city?"
	if likely := Likely(crs.FromWGS84(p), city); len(likely) > 0 {
		hint = fmt.Sprintf("in %s they would lie in it", strings.Trim(fmt.Sprint(likely), "[]"))
	}
	return Invalid("crs", "in %s the grids lie %.0f km from the city: %s", crs, DistanceM(p, centre)/1000, hint)
}

// refusedShape tells what the coverage engine cannot hold by the feature's name.
func refusedShape(grids []Grid, err error) error {
	var refused *coverage.Refusal
	if !errors.As(err, &refused) {
		return err
	}
	label := strings.Join(refused.Codes, ", ")
	for _, g := range grids {
		if len(refused.Codes) > 0 && g.Code == refused.Codes[0] {
			label = g.label()
		}
	}
	at := refused.At.Orb()
	return Invalid(label+": boundary", "%s near longitude %.7f, latitude %.7f (%s)", refused.Text, at[0], at[1], refused.Rule)
}

func (i *Importer) step(ctx context.Context, id int64, step string, grids int) {
	if _, err := i.pool.Exec(ctx, `UPDATE imports SET step = $2, grids = $3 WHERE id = $1`, id, step, grids); err != nil && ctx.Err() == nil {
		i.log.Warn("how far an import is could not be told", "import", id, "err", err)
	}
}

// end tells what became of a file, and takes it away.
func (i *Importer) end(ctx context.Context, id int64, edition Edition, why error) {
	ctx = context.WithoutCancel(ctx) // Also where the program ends.
	os.Remove(i.path(id))
	state, refusal := ImportDrafted, []byte(nil)
	if why != nil {
		var invalid *InvalidError
		if !errors.As(why, &invalid) {
			i.log.Error("import failed", "import", id, "err", why)
			invalid = &InvalidError{"file", "something went wrong here: it is in the log under import " + strconv.FormatInt(id, 10)}
			if errors.Is(why, context.Canceled) {
				errors.As(errCutOff, &invalid)
			}
		}
		state = ImportRefused
		refusal, _ = json.Marshal(refusalColumns{invalid.Field, invalid.Rule})
	}
	_, err := i.pool.Exec(ctx, `
		UPDATE imports SET state = $2, step = 'done', refusal = $3, edition = nullif($4, 0::bigint), ended_at = now()
		WHERE id = $1 AND state = 'reading'`, id, state, refusal, edition.ID)
	if err != nil {
		i.log.Error("the end of an import could not be told", "import", id, "err", err)
		return
	}
	i.log.Info("import ended", "import", id, "state", state, "edition", edition.ID)
}

type refusalColumns struct {
	Field string `json:"field"`
	Rule  string `json:"rule"`
}

const importSQL = `
	SELECT id, net, title, format, crs, encoding, planned_at, state, step, grids, refusal, edition, at, ended_at FROM imports `

func scanImport(row pgx.CollectableRow) (m Import, err error) {
	var planned, ended *time.Time
	var edition *int64
	var refusal *refusalColumns
	err = row.Scan(&m.ID, &m.Net, &m.Title, &m.Format, &m.CRS, &m.Encoding, &planned, &m.State, &m.Step, &m.Grids, &refusal,
		&edition, &m.At, &ended)
	if planned != nil {
		m.Planned = *planned
	}
	if ended != nil {
		m.Ended = *ended
	}
	if edition != nil {
		m.Edition = *edition
	}
	if refusal != nil {
		m.Refusal = &InvalidError{refusal.Field, refusal.Rule}
	}
	return m, err
}

// Import tells how far a file is.
func (i *Importer) Import(ctx context.Context, id int64) (Import, error) {
	rows, _ := i.pool.Query(ctx, importSQL+`WHERE id = $1`, id)
	found, err := pgx.CollectExactlyOneRow(rows, scanImport)
	if errors.Is(err, pgx.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Import{}, fmt.Errorf("import %d: %w", id, err)
	}
	return found, nil
}

// Imports are the newest imports, the newest first.
func (i *Importer) Imports(ctx context.Context) ([]Import, error) {
	rows, _ := i.pool.Query(ctx, importSQL+`ORDER BY id DESC LIMIT 50`)
	imports, err := pgx.CollectRows(rows, scanImport)
	if err != nil {
		return nil, fmt.Errorf("imports: %w", err)
	}
	return imports, nil
}
