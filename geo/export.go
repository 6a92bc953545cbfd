package geo

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Export says how grids are written to a file.
type Export struct {
	Format   Format
	CRS      CRS
	Encoding string // Of the names in a shapefile: "UTF-8", which empty is, or "GBK".
}

// ParseExport returns how to write, by the names of format, system and encoding; the system is EPSG:4490 where it is
// empty, or EPSG:4326 for KML, which has no other.
func ParseExport(format, crs, encoding string) (Export, error) {
	f, err := ParseFormat(format)
	if err != nil {
		return Export{}, err
	}
	if crs == "" {
		crs = string(CGCS2000)
		if f == KML {
			crs = string(WGS84)
		}
	}
	system, err := ParseCRS(crs)
	if err != nil {
		return Export{}, err
	}
	if f == KML && system != WGS84 {
		return Export{}, Invalid("crs", "KML is in %s always", WGS84)
	}
	if encoding, err = parseEncoding(encoding); err != nil {
		return Export{}, err
	}
	if encoding == gbkName && f != Shapefile {
		return Export{}, Invalid("encoding", "%s is in UTF-8 always", f)
	}
	return Export{Format: f, CRS: system, Encoding: encoding}, nil
}

// FileName is what the file of that name is called, with the extension of the format.
func (e Export) FileName(name string) string {
	if e.Format == Shapefile {
		return name + ".zip"
	}
	return name + "." + string(e.Format)
}

// MediaType is the file's kind in HTTP.
func (e Export) MediaType() string {
	return map[Format]string{
		GeoJSON: "application/geo+json", GeoPackage: "application/geopackage+sqlite3", Shapefile: "application/zip",
		KML: "application/vnd.google-earth.kml+xml", CSV: "text/csv; charset=utf-8",
	}[e.Format]
}

// Write writes the grids as one file; a shapefile as a zip of its parts.
func (e Export) Write(ctx context.Context, w io.Writer, grids []Grid) error {
	if len(grids) == 0 {
		return Invalid("grids", "there is none")
	}
	switch e.Format {
	case GeoJSON:
		return e.writeGeoJSON(w, grids)
	case CSV:
		return e.writeCSV(w, grids)
	}
	dir, err := os.MkdirTemp("", "gridwatch-export-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if e.Format == Shapefile {
		return e.writeShapefile(ctx, w, dir, grids)
	}
	path := filepath.Join(dir, "grids."+string(e.Format))
	if err := e.byGDAL(ctx, dir, path, grids); err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}

// boundary is a grid's boundary in the export's system.
func (e Export) boundary(g Grid) orb.MultiPolygon {
	moved := make(orb.MultiPolygon, len(g.Boundary))
	for i, poly := range g.Boundary {
		for _, ring := range poly {
			points := make(orb.Ring, len(ring))
			for k, p := range ring {
				points[k] = e.CRS.FromWGS84(p)
			}
			moved[i] = append(moved[i], points)
		}
	}
	return moved
}

// writeGeoJSON writes the crs member that GeoJSON had before it was WGS-84 only, so that the file says its system.
func (e Export) writeGeoJSON(w io.Writer, grids []Grid) error {
	out := bufio.NewWriter(w)
	name := string(e.CRS)
	if number, ok := strings.CutPrefix(name, "EPSG:"); ok {
		name = "urn:ogc:def:crs:EPSG::" + number
	}
	if e.CRS == WGS84 {
		name = "urn:ogc:def:crs:OGC:1.3:CRS84"
	}
	fmt.Fprintf(out, `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":%q}},"features":[`, name)
	for i, g := range grids {
		if i > 0 {
			out.WriteByte(',')
		}
		line, err := json.Marshal(map[string]any{
			"type":       "Feature",
			"properties": map[string]string{"code": g.Code, "name": g.Name, "kind": g.Kind, "street": g.Street},
			"geometry":   map[string]any{"type": "MultiPolygon", "coordinates": e.boundary(g)},
		})
		if err != nil {
			return fmt.Errorf("%s: %w", g.label(), err)
		}
		out.WriteByte('\n')
		out.Write(line)
	}
	out.WriteString("\n]}\n")
	return out.Flush()
}

// writeCSV begins with a byte order mark, by which spreadsheets know that the names are in UTF-8.
func (e Export) writeCSV(w io.Writer, grids []Grid) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Write([]string{"code", "name", "kind", "street", "wkt"})
	for _, g := range grids {
		out.Write([]string{g.Code, g.Name, g.Kind, g.Street, wkt.MarshalString(e.boundary(g))})
	}
	out.Flush()
	return out.Error()
}

// byGDAL lets GDAL's program write the file.
func (e Export) byGDAL(ctx context.Context, dir, path string, grids []Grid, args ...string) error {
	in := filepath.Join(dir, "in.geojson")
	file, err := os.Create(in)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := e.writeGeoJSON(file, grids); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	srs, known := e.CRS.epsg()
	if !known {
		srs = "none"
	}
	all := append([]string{"-f", gdalDrivers[e.Format], "-a_srs", srs, "-nln", "grids", "-nlt", "PROMOTE_TO_MULTI"}, args...)
	_, err = gdal(ctx, dir, e.Format, "ogr2ogr", append(all, path, in)...)
	return err
}

// writeShapefile zips the parts of a shapefile. Its texts are short.
func (e Export) writeShapefile(ctx context.Context, w io.Writer, dir string, grids []Grid) error {
	name := e.Encoding
	encoder := encoding.Nop.NewEncoder()
	if name == gbkName {
		name, encoder = "GBK", simplifiedchinese.GBK.NewEncoder()
	} else {
		name = utf8Name
	}
	const most = 254
	for _, g := range grids {
		for field, value := range map[string]string{"name": g.Name, "street": g.Street} {
			encoded, err := encoder.String(value)
			if err != nil {
				return Invalid(g.label()+": "+field, "has a character that %s has not", name)
			}
			if len(encoded) > most {
				return Invalid(g.label()+": "+field, "has more than %d bytes in %s, the most that a shapefile takes", most, name)
			}
		}
	}
	if err := e.byGDAL(ctx, dir, filepath.Join(dir, "grids.shp"), grids, "-lco", "ENCODING="+name); err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	for _, part := range besides {
		if err := addTo(archive, filepath.Join(dir, "grids"+part)); err != nil {
			return err
		}
	}
	return archive.Close()
}

func addTo(archive *zip.Writer, path string) error {
	in, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil // A system without number has no .prj.
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := archive.Create(filepath.Base(path))
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return err
}
