package geo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// What one of GDAL's programs may use while it reads a file that a stranger made. Shell limits are in kilobytes, blocks
// of 512 bytes and seconds.
const (
	gdalTime   = 4 * time.Minute
	gdalLimits = `ulimit -v 4000000 && ulimit -f 2097152 && ulimit -t 200 && exec "$@"`
	gdalErrors = 16 << 10 // Bytes of what it says.
)

// gdal runs a program of GDAL in the folder and returns what it prints. The program has one driver beside that of
// GeoJSON, so that no file makes it open another kind of source, and a proxy that does not exist, so that none makes it
// ask the network.
func gdal(ctx context.Context, dir string, only Format, program string, args ...string) (string, error) {
	drivers, err := gdalAllDrivers()
	if err != nil {
		return "", err
	}
	skipped := slices.DeleteFunc(slices.Clone(drivers), func(d string) bool { return d == gdalDrivers[GeoJSON] || d == gdalDrivers[only] })
	return gdalRun(ctx, dir, strings.Join(skipped, ","), program, args...)
}

var driverLine = regexp.MustCompile(`(?m)^  (\S.*?) -[a-z, ]*-`)

// gdalAllDrivers are the drivers that GDAL has on this machine.
var gdalAllDrivers = sync.OnceValues(func() ([]string, error) {
	listed, err := gdalRun(context.Background(), os.TempDir(), "", "ogrinfo", "--formats")
	if err != nil {
		return nil, err
	}
	var drivers []string
	for _, line := range driverLine.FindAllStringSubmatch(listed, -1) {
		drivers = append(drivers, line[1])
	}
	for _, driver := range gdalDrivers {
		if !slices.Contains(drivers, driver) {
			return nil, fmt.Errorf("geo: GDAL has no driver %q on this machine", driver)
		}
	}
	return drivers, nil
})

func gdalRun(ctx context.Context, dir, skipped, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, gdalTime)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", append([]string{"-c", gdalLimits, "sh", program}, args...)...)
	command.Dir = dir
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "CPL_TMPDIR=" + dir, "LC_ALL=C.UTF-8",
		"GDAL_SKIP=" + skipped, "GDAL_DRIVER_PATH=disable", "GDAL_PAM_ENABLED=NO", "OGR_GEOJSON_MAX_OBJ_SIZE=0",
		"http_proxy=" + nowhere, "https_proxy=" + nowhere, "ftp_proxy=" + nowhere, "all_proxy=" + nowhere, "GDAL_HTTP_PROXY=127.0.0.1:9",
	}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = time.Second
	out, said := &bytes.Buffer{}, &firstBytes{most: gdalErrors}
	command.Stdout, command.Stderr = out, said
	err := command.Run()
	switch {
	case err == nil && said.failed():
		return "", said.refusal()
	case err == nil:
		return out.String(), nil
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		return "", Invalid("file", "takes longer than %s to read", gdalTime)
	case ctx.Err() != nil:
		return "", ctx.Err()
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return "", fmt.Errorf("geo: run %s (Debian's package gdal-bin): %w", program, err)
	}
	if code := exit.ExitCode(); code == 126 || code == 127 {
		return "", fmt.Errorf("geo: %s is not there: install Debian's package gdal-bin", program)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return "", Invalid("file", "needs more time, memory or space to read than it may have (%s)", status.Signal())
	}
	return "", said.refusal()
}

const nowhere = "http://127.0.0.1:9"

// firstBytes keeps the beginning of what is written to it.
type firstBytes struct {
	bytes.Buffer
	most int
}

func (f *firstBytes) Write(p []byte) (int, error) {
	f.Buffer.Write(p[:min(len(p), f.most-f.Len())])
	return len(p), nil
}

// failed reports whether an error was told although the program ended well.
func (f *firstBytes) failed() bool { return bytes.Contains(f.Bytes(), []byte("ERROR")) }

var gdalError = regexp.MustCompile(`(?m)^(?:ERROR|FAILURE)[^:]*: *(.+)$`)

// refusal is what the program said, in one line.
func (f *firstBytes) refusal() error {
	said := strings.TrimSpace(f.String())
	if first := gdalError.FindStringSubmatch(said); first != nil {
		said = first[1]
	}
	if said == "" {
		said = "no reason given"
	}
	said = strings.ToValidUTF8(strings.Join(strings.Fields(said), " "), "?")
	return Invalid("file", "cannot be read: %.300s", said)
}

// gdalDrivers are GDAL's names of the formats that its program reads and writes for us.
var gdalDrivers = map[Format]string{GeoJSON: "GeoJSON", Shapefile: "ESRI Shapefile", GeoPackage: "GPKG", KML: "LIBKML"}

// readByGDAL reads the one layer of a file. Its coordinates come as they are, its columns as text.
func readByGDAL(ctx context.Context, file surveyFile) (survey, error) {
	about, err := gdal(ctx, file.dir, file.format, "ogrinfo", "-ro", "-so", "-al", file.path)
	if err != nil {
		return survey{}, err
	}
	crs, written, err := systemOf(ctx, file.dir, about)
	if err != nil {
		return survey{}, err
	}
	out := filepath.Join(file.dir, "read.geojson")
	args := []string{"-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=11", "-lco", "WRITE_NAME=NO",
		"-fieldTypeToString", "All", "-unsetFieldWidth", "-unsetFid", "-nomd", "-noNativeData"}
	if file.format == Shapefile {
		args = append(args, "-oo", "ENCODING="+file.encoding)
	}
	if _, err := gdal(ctx, file.dir, file.format, "ogr2ogr", append(args, out, file.path)...); err != nil {
		return survey{}, err
	}
	in, err := os.Open(out)
	if err != nil {
		return survey{}, err
	}
	defer in.Close()
	read, err := readGeoJSON(in)
	read.crs, read.written = crs, written
	return read, err
}

var (
	layerLine = regexp.MustCompile(`(?m)^Layer name: (.*)$`)
	layerWKT  = regexp.MustCompile(`(?s)\nLayer SRS WKT:\n(.*?)\n(?:Data axis|FID Column|Geometry Column)`)
	wktName   = regexp.MustCompile(`^[A-Z]+\["([^"]*)"`)
	ofChina   = regexp.MustCompile(`(?i)china|cgcs`)
)

// systemOf tells the system of the one layer that ogrinfo wrote about; none where it has none.
func systemOf(ctx context.Context, dir, about string) (CRS, string, error) {
	var layers []string
	for _, name := range layerLine.FindAllStringSubmatch(about, -1) {
		layers = append(layers, name[1])
	}
	if len(layers) != 1 {
		return "", "", Invalid("file", "must have one layer, not %d (%.200s)", len(layers), strings.Join(layers, ", "))
	}
	found := layerWKT.FindStringSubmatch(about)
	if found == nil || !strings.Contains(found[1], "[") {
		return "", "", nil
	}
	wkt := found[1]
	name := "its own system"
	if n := wktName.FindStringSubmatch(wkt); n != nil {
		name = n[1]
	}
	if strings.HasPrefix(name, "Undefined ") {
		return "", "", nil // As GeoPackage says that nobody said it.
	}
	parameters, err := gdal(ctx, dir, GeoJSON, "gdalsrsinfo", "-o", "proj4", wkt)
	if err != nil {
		return CRS(name), name, nil // It is refused with its name, as none of ours.
	}
	if crs, ok := crsOfParameters(parameters, ofChina.MatchString(wkt)); ok {
		return crs, name, nil
	}
	return CRS(name), name, nil
}

// crsOfParameters finds the system that has these parameters, written as PROJ does. The ellipsoid of CGCS2000 is that of
// GRS 1980, which other systems have too: china says that the name is CGCS2000's.
func crsOfParameters(written string, china bool) (CRS, bool) {
	p := map[string]string{}
	for _, word := range strings.Fields(written) {
		key, value, _ := strings.Cut(strings.TrimPrefix(word, "+"), "=")
		p[key] = value
	}
	cgcs := china && p["ellps"] == "GRS80" && (p["pm"] == "" || p["pm"] == "0")
	switch {
	case p["proj"] == "longlat" && p["datum"] == "WGS84":
		return WGS84, true
	case p["proj"] == "longlat" && cgcs:
		return CGCS2000, true
	case p["proj"] == "tmerc" && cgcs && p["k"] == "1" && p["lat_0"] == "0" && p["y_0"] == "0" && p["units"] == "m":
		meridian, wrong := strconv.ParseFloat(p["lon_0"], 64)
		east, wrongToo := strconv.ParseFloat(p["x_0"], 64)
		names := gaussNames()
		i := slices.IndexFunc(names, func(c CRS) bool {
			g := gausses[c]
			return math.Abs(g.meridian-meridian) < 1e-9 && math.Abs(g.falseEastM()-east) < 1e-6
		})
		if wrong == nil && wrongToo == nil && i >= 0 {
			return names[i], true
		}
	}
	return "", false
}
