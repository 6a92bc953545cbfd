package geo

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/twpayne/go-geom/encoding/wkt"
)

// wktColumns are the names that the column with the boundary may have.
var wktColumns = []string{"wkt", "geom", "geometry", "the_geom", "_wkt", "几何"}

var notANumber = regexp.MustCompile(`(?i)\b(nan|inf|infinity)\b`)

// parseCSV reads a table whose first line names its columns, one of which has the boundary as WKT.
func parseCSV(data []byte) (survey, error) {
	in := csv.NewReader(bytes.NewReader(data))
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		return survey{}, Invalid("file", "is not CSV: %v", err)
	}
	header = slices.Clone(header)
	shape := slices.IndexFunc(header, func(column string) bool {
		return slices.Contains(wktColumns, strings.ToLower(strings.TrimSpace(column)))
	})
	if shape < 0 {
		return survey{}, Invalid("file", "has no column of its boundaries: one of %s", strings.Join(wktColumns, ", "))
	}
	var file survey
	for i := 0; ; i++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return file, nil
		}
		if err != nil {
			return survey{}, Invalid(fmt.Sprintf("feature %d", i), "is not CSV: %v", err)
		}
		feature := surveyFeature{kindOf: "Feature"}
		for k, value := range row {
			if k == shape {
				feature.readWKT(value)
			} else {
				feature.put(header[k], text{value: strings.TrimSpace(value)})
			}
			if !utf8.ValidString(value) {
				return survey{}, under(feature.label(i), errNotUTF8)
			}
		}
		file.features = append(file.features, feature)
	}
}

func (f *surveyFeature) readWKT(written string) {
	written = strings.TrimSpace(written)
	switch {
	case written == "":
		return
	case notANumber.MatchString(written):
		f.wrong = Invalid("geometry", "has a coordinate that is not a number")
		return
	}
	shape, err := wkt.Unmarshal(written)
	if err != nil {
		f.wrong = Invalid("geometry", "is not WKT: %.200s", strings.Join(strings.Fields(err.Error()), " "))
		return
	}
	f.shape = shape
}
