package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/twpayne/go-geom/encoding/geojson"
)

// readGeoJSON reads a FeatureCollection as survey offices deliver it: with the old crs member where they have one.
func readGeoJSON(r io.Reader) (survey, error) {
	data, err := readWhole(r)
	if err != nil {
		return survey{}, err
	}
	return parseGeoJSON(data)
}

// readWhole reads a file that is not too large.
func readWhole(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSurveyBytes+1))
	if err != nil {
		return nil, fmt.Errorf("geo: read survey file: %w", err)
	}
	if len(data) > maxSurveyBytes {
		return nil, Invalid("file", "is larger than %d MB", maxSurveyBytes>>20)
	}
	return data, nil
}

// parseGeoJSON walks the collection feature by feature, so that what cannot be read has a number.
func parseGeoJSON(data []byte) (survey, error) {
	var file survey
	var kind string
	var member json.RawMessage
	in := json.NewDecoder(bytes.NewReader(data))
	err := object(in, func(key string) (err error) {
		switch key {
		case "type":
			return in.Decode(&kind)
		case "crs":
			return in.Decode(&member)
		case "features":
			file.features, err = readFeatures(in, utf8.Valid(data))
			return err
		}
		var other json.RawMessage
		return in.Decode(&other)
	})
	if err == nil {
		if _, more := in.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows its end")
		}
	}
	var invalid *InvalidError
	switch {
	case errors.As(err, &invalid):
		return survey{}, err
	case err != nil:
		return survey{}, Invalid("file", "is not GeoJSON: %v", err)
	case kind != "FeatureCollection":
		return survey{}, Invalid("type", "must be FeatureCollection, not %q", kind)
	case len(file.features) == 0:
		return survey{}, Invalid("features", "there is none")
	}
	file.crs, file.written, err = crsMember(member)
	return file, err
}

// object walks the members of a JSON object; each is read by member.
func object(in *json.Decoder, member func(key string) error) error {
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return orElse(err, "it does not begin with {")
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return err
		}
		if err := member(key.(string)); err != nil {
			return err
		}
	}
	_, err := in.Token()
	return err
}

func orElse(err error, otherwise string) error {
	if err != nil {
		return err
	}
	return errors.New(otherwise)
}

func readFeatures(in *json.Decoder, isUTF8 bool) ([]surveyFeature, error) {
	if open, err := in.Token(); err != nil || open != json.Delim('[') {
		return nil, orElse(err, "features is not a list")
	}
	var features []surveyFeature
	for i := 0; in.More(); i++ {
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
				return nil, err // The file is cut off.
			}
			return nil, Invalid(fmt.Sprintf("feature %d", i), "is not JSON: %v", err)
		}
		feature := readFeature(raw)
		if !isUTF8 && !utf8.Valid(raw) {
			return nil, under(feature.label(i), errNotUTF8)
		}
		features = append(features, feature)
	}
	_, err := in.Token()
	return features, err
}

var errNotUTF8 = Invalid("encoding", "is not UTF-8: if the file is GBK, say so")

func readFeature(raw json.RawMessage) surveyFeature {
	var written struct {
		Type       string                     `json:"type"`
		Properties map[string]json.RawMessage `json:"properties"`
		Geometry   *geojson.Geometry          `json:"geometry"`
	}
	if err := json.Unmarshal(raw, &written); err != nil {
		return surveyFeature{kindOf: "Feature", wrong: Invalid("feature", "cannot be read: %v", err)}
	}
	feature := surveyFeature{kindOf: written.Type}
	for column, value := range written.Properties {
		feature.put(column, jsonText(value))
	}
	if written.Geometry == nil {
		return feature
	}
	if kind := written.Geometry.Type; kind != "Polygon" && kind != "MultiPolygon" {
		feature.wrong = notAnArea(kind)
	} else if shape, err := written.Geometry.Decode(); err != nil {
		feature.wrong = Invalid("geometry", "%v", err)
	} else {
		feature.shape = shape
	}
	return feature
}

func jsonText(raw json.RawMessage) (t text) {
	if string(raw) != "null" && json.Unmarshal(raw, &t.value) != nil {
		t = text{wrong: fmt.Sprintf("must be a JSON string, not %.40s", raw)}
	}
	return t
}

// crsMember reads the crs member that GeoJSON had before it was WGS-84 only.
func crsMember(member json.RawMessage) (CRS, string, error) {
	if len(member) == 0 || string(member) == "null" {
		return "", "", nil
	}
	var crs struct {
		Type       string `json:"type"`
		Properties struct {
			Name string `json:"name"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(member, &crs); err != nil || crs.Type != "name" || crs.Properties.Name == "" {
		return "", "", Invalid("crs", "the file's crs member cannot be read: %.80s", member)
	}
	return crsOfName(crs.Properties.Name), crs.Properties.Name, nil
}
