package geo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Format is a format of files with grids.
type Format string

const (
	GeoJSON    Format = "geojson"
	GeoPackage Format = "gpkg"
	Shapefile  Format = "shp" // In a zip, or with its other files beside it.
	KML        Format = "kml" // Also zipped, as .kmz.
	CSV        Format = "csv" // With the boundary as WKT.
)

// Formats lists every format.
var Formats = []Format{GeoJSON, GeoPackage, Shapefile, KML, CSV}

// ParseFormat returns the format of that name.
func ParseFormat(name string) (Format, error) {
	for _, f := range Formats {
		if string(f) == name {
			return f, nil
		}
	}
	return "", Invalid("format", "must be one of %v, not %q", Formats, name)
}

// Survey is a file of grids, and what its bringer says of it. What the file says itself must agree.
type Survey struct {
	Path     string
	Net      Net
	CRS      string // Empty where the file says it.
	Format   string // Empty finds it.
	Encoding string // "UTF-8" or "GBK"; empty where the file says it.
}

// surveyFile is a file, unpacked in a folder of ours.
type surveyFile struct {
	dir      string
	path     string
	format   Format
	encoding string // utf8Name or gbkName.
}

// ReadSurvey reads the grids of a file in any of the formats, and says in which format and system they were. Like
// ReadGrids it takes all features or none.
func ReadSurvey(ctx context.Context, s Survey) ([]Grid, Format, CRS, error) {
	if err := s.Net.Validate(); err != nil {
		return nil, "", "", err
	}
	dir, err := os.MkdirTemp("", "gridwatch-survey-")
	if err != nil {
		return nil, "", "", err
	}
	defer os.RemoveAll(dir)
	file, err := unpack(s, dir)
	if err != nil {
		return nil, "", "", err
	}
	read, err := file.read(ctx)
	if err != nil {
		return nil, "", "", err
	}
	grids, crs, err := read.grids(s.Net, s.CRS)
	return grids, file.format, crs, err
}

// read gives what the file says.
func (f surveyFile) read(ctx context.Context) (survey, error) {
	if f.format == Shapefile || f.format == GeoPackage {
		return readByGDAL(ctx, f)
	}
	data, err := f.text()
	if err != nil {
		return survey{}, err
	}
	switch f.format {
	case GeoJSON:
		return parseGeoJSON(data)
	case CSV:
		return parseCSV(data)
	}
	if err := checkKML(data); err != nil {
		return survey{}, err
	}
	clean := filepath.Join(f.dir, "survey.kml")
	if err := os.WriteFile(clean, data, 0o600); err != nil {
		return survey{}, err
	}
	f.path = clean
	return readByGDAL(ctx, f)
}

// text is the whole file in UTF-8, without a byte order mark.
func (f surveyFile) text() ([]byte, error) {
	in, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	data, err := readWhole(in)
	if err != nil {
		return nil, err
	}
	if f.format == KML {
		return kmlInUTF8(data, f.encoding)
	}
	return inUTF8(data, f.encoding)
}

// The encodings of names. GB 18030 has every character of GBK and GB 2312, with the same bytes.
const (
	utf8Name = "UTF-8"
	gbkName  = "GB18030"
)

// parseEncoding returns the encoding by what people and files call it; empty stays empty.
func parseEncoding(name string) (string, error) {
	switch strings.ToUpper(strings.TrimSpace(name)) {
	case "":
		return "", nil
	case "UTF-8", "UTF8", "65001":
		return utf8Name, nil
	case "GBK", "GB18030", "GB2312", "936", "CP936":
		return gbkName, nil
	}
	return "", Invalid("encoding", "must be UTF-8 or GBK, not %.40q", name)
}

func inUTF8(data []byte, encoding string) ([]byte, error) {
	if encoding == gbkName {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return nil, Invalid("encoding", "the file is not GBK")
		}
		return decoded, nil
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

var (
	xmlEncoding = regexp.MustCompile(`^(\s*<\?xml[^>]*?encoding\s*=\s*["'])([A-Za-z0-9._-]+)(["'])`)
	kmlLink     = regexp.MustCompile(`<(?:\w+:)?NetworkLink\b`)
)

// kmlInUTF8 follows the encoding in the first line, which must not contradict what was stated.
func kmlInUTF8(data []byte, stated string) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	encoding := stated
	if line := xmlEncoding.FindSubmatch(data[:min(len(data), 200)]); line != nil {
		said, err := parseEncoding(string(line[2]))
		if err != nil {
			return nil, err
		}
		if stated != "" && said != stated {
			return nil, Invalid("encoding", "the file says %s, but it was stated to be another", line[2])
		}
		encoding = said
		data = append(append(bytes.Clone(line[1]), utf8Name...), data[len(line[1])+len(line[2]):]...)
	}
	data, err := inUTF8(data, encoding)
	if err == nil && !utf8.Valid(data) {
		err = errNotUTF8
	}
	return data, err
}

// checkKML refuses what leads out of the file, or blows it up.
func checkKML(data []byte) error {
	if bytes.Contains(data, []byte("<!DOCTYPE")) || bytes.Contains(data, []byte("<!ENTITY")) {
		return Invalid("file", "a KML file may not declare entities (<!DOCTYPE>)")
	}
	if kmlLink.Match(data) {
		return Invalid("file", "links to other files (NetworkLink), which are not fetched: save it with its content")
	}
	return nil
}

// formatOf tells the format by how a file begins.
func formatOf(path string) (Format, error) {
	in, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer in.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(in, head)
	if n == 0 {
		return "", Invalid("file", "is empty")
	}
	if err != nil && err != io.ErrUnexpectedEOF {
		return "", fmt.Errorf("geo: read survey file: %w", err)
	}
	head = bytes.TrimPrefix(head[:n], []byte("\xef\xbb\xbf"))
	text := bytes.TrimSpace(head)
	switch {
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return GeoPackage, nil
	case bytes.HasPrefix(head, []byte("\x00\x00\x27\x0a")):
		return Shapefile, nil
	case bytes.HasPrefix(text, []byte("{")):
		return GeoJSON, nil
	case bytes.HasPrefix(text, []byte("<")) && bytes.Contains(text, []byte("<kml")), bytes.HasPrefix(text, []byte("<kml")):
		return KML, nil
	case strings.EqualFold(filepath.Ext(path), ".csv") || csvHeader.Match(text):
		return CSV, nil
	case bytes.Contains(text[:min(len(text), 200)], []byte("<?xml")):
		return KML, nil
	}
	return "", Invalid("file", "is none of the formats %v", Formats)
}

var csvHeader = regexp.MustCompile(`(?i)^[^\n]*\b(wkt|geom|geometry|the_geom)\b[^\n]*\n`)
