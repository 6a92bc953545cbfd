package geo

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxArchived is how many files an archive may have: a shapefile has a dozen at most.
const maxArchived = 100

// extensions are those that a format's main file may have.
var extensions = map[string]Format{".shp": Shapefile, ".gpkg": GeoPackage, ".geojson": GeoJSON, ".json": GeoJSON, ".kml": KML, ".csv": CSV}

// besides are the files of a shapefile that are read.
var besides = []string{".shp", ".shx", ".dbf", ".prj", ".cpg"}

// unpack brings a file, and those that belong to it, into the folder under names of ours.
func unpack(s Survey, dir string) (surveyFile, error) {
	encoding, err := parseEncoding(s.Encoding)
	if err != nil {
		return surveyFile{}, err
	}
	stated := Format(s.Format)
	if stated != "" {
		if stated, err = ParseFormat(s.Format); err != nil {
			return surveyFile{}, err
		}
	}
	about, err := os.Stat(s.Path)
	if err != nil {
		return surveyFile{}, err
	}
	if about.Size() > maxSurveyBytes {
		return surveyFile{}, Invalid("file", "is larger than %d MB", maxSurveyBytes>>20)
	}
	archive, err := zip.OpenReader(s.Path)
	var path string
	if err == nil {
		defer archive.Close()
		path, err = unzip(&archive.Reader, dir)
	} else {
		path, err = link(s.Path, dir)
	}
	if err != nil {
		return surveyFile{}, err
	}
	file := surveyFile{dir: dir, path: path, encoding: encoding}
	if file.format, err = formatOf(path); err != nil {
		return surveyFile{}, err
	}
	if stated != "" && stated != file.format {
		return surveyFile{}, Invalid("format", "the file is %s, but it was stated to be %s", file.format, stated)
	}
	if file.format == Shapefile {
		file.encoding, err = shapefileEncoding(path, encoding)
	}
	return file, err
}

// unzip takes the one survey out of an archive. It looks at what the archive says of its size before it takes anything,
// and does not believe it. What an archive calls its files decides nothing about where they go.
func unzip(archive *zip.Reader, dir string) (string, error) {
	if len(archive.File) > maxArchived {
		return "", Invalid("file", "the archive has %d files, more than %d", len(archive.File), maxArchived)
	}
	var size uint64
	var mains []*zip.File
	for _, file := range archive.File {
		if file.UncompressedSize64 > maxSurveyBytes || size > maxSurveyBytes {
			size = maxSurveyBytes
		}
		size += file.UncompressedSize64
		if extensions[extension(file.Name)] != "" && !hidden(file.Name) {
			mains = append(mains, file)
		}
	}
	if size > maxSurveyBytes {
		return "", Invalid("file", "the archive holds more than %d MB", maxSurveyBytes>>20)
	}
	if shapes := slices.DeleteFunc(slices.Clone(mains), func(f *zip.File) bool { return extension(f.Name) != ".shp" }); len(shapes) > 0 {
		mains = shapes
	}
	if len(mains) != 1 {
		return "", Invalid("file", "the archive must have one survey (.shp, .gpkg, .geojson, .kml or .csv), not %d", len(mains))
	}
	main := mains[0]
	left := int64(maxSurveyBytes)
	path := filepath.Join(dir, "survey"+extension(main.Name))
	for _, file := range archive.File {
		if file != main && !belongsTo(file.Name, main.Name) {
			continue
		}
		if err := extract(file, filepath.Join(dir, "survey"+extension(file.Name)), &left); err != nil {
			return "", err
		}
	}
	return path, hasTable(path)
}

func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// hidden reports whether a file is what some machines add to archives.
func hidden(name string) bool {
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(filepath.Base(name), ".")
}

// belongsTo reports whether the file is one of the shapefile that main is.
func belongsTo(name, main string) bool {
	stem := func(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }
	return extension(main) == ".shp" && slices.Contains(besides, extension(name)) && strings.EqualFold(stem(name), stem(main))
}

// extract writes one file of an archive, and takes its bytes from those that are left.
func extract(file *zip.File, path string, left *int64) error {
	in, err := file.Open()
	if err != nil {
		return Invalid("file", "the archive cannot be read: %v", err)
	}
	defer in.Close()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		if errors.Is(err, os.ErrExist) {
			return Invalid("file", "the archive has two files of the kind %s", extension(file.Name))
		}
		return err
	}
	defer out.Close()
	n, err := io.Copy(out, io.LimitReader(in, *left+1))
	if *left -= n; *left < 0 {
		return Invalid("file", "the archive holds more than %d MB", maxSurveyBytes>>20)
	}
	if err != nil {
		return Invalid("file", "the archive cannot be read: %v", err)
	}
	return out.Close()
}

// link brings a file of this machine, and those beside it, into the folder.
func link(path, dir string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	mine := filepath.Join(dir, "survey"+extension(path))
	if extension(path) != ".shp" {
		return mine, os.Symlink(path, mine)
	}
	beside, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", err
	}
	for _, file := range beside {
		if belongsTo(file.Name(), filepath.Base(path)) {
			at := filepath.Join(dir, "survey"+extension(file.Name()))
			if err := os.Symlink(filepath.Join(filepath.Dir(path), file.Name()), at); err != nil && !errors.Is(err, os.ErrExist) {
				return "", err
			}
		}
	}
	return mine, hasTable(mine)
}

// hasTable refuses a shapefile without its names and index.
func hasTable(path string) error {
	if extension(path) != ".shp" {
		return nil
	}
	for _, kind := range []string{".dbf", ".shx"} {
		if _, err := os.Stat(strings.TrimSuffix(path, ".shp") + kind); err != nil {
			return Invalid("file", "the shapefile has no %s: bring its files together, in a zip", kind)
		}
	}
	return nil
}

// shapefileEncoding settles how the names in a shapefile are written: as its .cpg says, or the mark in its table, or its
// bringer. Names that cannot be that are refused with their feature.
func shapefileEncoding(path, stated string) (string, error) {
	stem := strings.TrimSuffix(path, ".shp")
	table, err := readFile(stem + ".dbf")
	if err != nil {
		return "", err
	}
	dbf, err := parseDBF(table)
	if err != nil {
		return "", err
	}
	said := dbf.encoding()
	if cpg, err := readFile(stem + ".cpg"); err == nil {
		said, err = parseEncoding(strings.ToValidUTF8(string(cpg), "?"))
		if err != nil && dbf.plain() {
			return utf8Name, nil // Whatever it means: there are only plain letters.
		}
		if err != nil {
			return "", err
		}
	}
	switch {
	case said != "" && stated != "" && said != stated:
		return "", Invalid("encoding", "the file says %s, but it was stated to be %s", said, stated)
	case said == "" && stated == "" && dbf.plain():
		return utf8Name, nil
	case said == "" && stated == "":
		return "", Invalid("encoding", "is missing: the file does not say whether its names are GBK or UTF-8 (it has no .cpg)")
	case said == "":
		said = stated
	}
	return said, dbf.check(said)
}

func readFile(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("geo: survey: %w", err)
	}
	defer in.Close()
	return readWhole(in)
}
