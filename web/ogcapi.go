package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"gridwatch/geo"
)

type object = map[string]any

// members is an object whose properties stay in their order: programs show a feature's columns in that of the schema.
type members []member

type member struct {
	name  string
	value any
}

// MarshalJSON writes the members one after the other.
func (m members) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, one := range m {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// ogcAPI writes the description of /ogc.
func (s *Server) ogcAPI(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	w.Header().Set("Content-Type", openAPI30Type)
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(s.ogcDoc)
	return nil
}

// ogcText is what whoever connects a GIS program has to know.
const ogcText = "OGC API - Features over the city's grids, roads, fences, permits, places, cameras and alerts: Part 1 (core, " +
	"GeoJSON, OpenAPI 3.0), Part 2 (CRS84, EPSG:4326, EPSG:4490), and on drafts of grids Part 4 (create, replace, update, delete).\n\n" +
	"Sign in by the session's cookie or by HTTP Basic, over HTTPS. A password that was right is not looked at again for ten " +
	"minutes, unless it is changed or the account ends; one that was wrong is throttled as signing in is. Requests that a page " +
	"of another site makes a browser send are refused.\n\n" +
	"Everybody sees what they see elsewhere: an officer the grids of their beats and what lies in them, the others the whole " +
	"city. Drafts are for planners and administrators.\n\n" +
	"Grids are as of now, or as of datetime; the later pages of one reading are of the same moment. EPSG:4326 and EPSG:4490 " +
	"are latitude, longitude.\n\n" +
	"A draft is the collection grids-draft-{edition}, made by POST /api/editions or on the planner's page. Every write is one " +
	"command of the boundary editor: it applies whole or not at all, stands in the log and can be undone. Use PATCH to change " +
	"a geometry: some programs round what they PUT. Features have an ETag; If-Match with an older one answers 412. What the " +
	"editor refuses answers 422 with the rule and the place. What is published cannot be written: 405."

// describeOGC makes the OpenAPI 3.0 document of /ogc. GIS programs read from it how long pages may be and by what
// features may be chosen.
func describeOGC(version string) ([]byte, error) {
	paths := object{
		"/":            object{"get": ogcOperation("landing", "The landing page", jsonType)},
		"/api":         object{"get": ogcOperation("api", "This document", openAPI30Type)},
		"/conformance": object{"get": ogcOperation("conformance", "Which parts of the standard this keeps", jsonType)},
		"/collections": object{"get": ogcSecured(ogcOperation("collections", "The collections", jsonType, 401))},
	}
	schemas := object{"Problem": ogcProblemSchema()}
	for _, set := range ogcPublished() {
		describeSet(paths, schemas, set.FeatureSet, set.Name, nil)
	}
	describeSet(paths, schemas, geo.DraftFeatures(draftPrefix+"{edition}"), "draft", object{
		"name": "edition", "in": "path", "required": true, "schema": object{"type": "integer"},
		"description": "The number of a draft that the planner's page or GET /api/editions names.",
	})
	return json.Marshal(object{
		"openapi": "3.0.3",
		"info":    object{"title": "Gridwatch 网格哨: OGC API - Features", "version": version, "description": ogcText},
		"servers": []object{{"url": "/ogc"}},
		"paths":   paths,
		"components": object{
			"parameters": ogcParameters(), "schemas": schemas,
			"securitySchemes": object{
				"session": object{"type": "apiKey", "in": "cookie", "name": cookieName},
				"basic":   object{"type": "http", "scheme": "basic", "description": "Of /ogc only."},
			},
		},
	})
}

// describeSet describes one collection: its own page, its schema, its items and one of them.
func describeSet(paths, schemas object, set geo.FeatureSet, name string, edition object) {
	at := "/collections/" + set.Name
	title := strings.ToUpper(name[:1]) + name[1:]
	schemas[title] = featureSchema(set)
	parameters := []object{ref("limit"), ref("bbox"), ref("bbox-crs"), ref("datetime"), ref("crs"), ref("cursor")}
	for _, c := range set.Columns {
		if c.Filter {
			parameters = append(parameters, object{
				"name": c.Name, "in": "query", "required": false, "style": "form", "explode": false,
				"description": "Only features that say this.", "schema": columnSchema(c),
			})
		}
	}
	one := object{"name": "feature", "in": "path", "required": true, "schema": object{"type": idType(set)}}
	items := object{"get": ogcSecured(ogcOperation("items."+name, "Features of "+name, geoJSONType, 400, 401, 404), parameters...)}
	item := object{
		"parameters": []object{one},
		"get":        ogcSecured(ogcOperation("item."+name, "One feature of "+name, geoJSONType, 400, 401, 404), ref("crs")),
	}
	page := object{"get": ogcSecured(ogcOperation("collection."+name, "The collection "+name, jsonType, 401, 404))}
	schema := object{"get": ogcSecured(ogcOperation("schema."+name, "What a feature of "+name+" says", schemaType, 401, 404))}
	inGeoJSON := object{"get": ogcSecured(ogcOperation("featureSchema."+name, "The same, in GeoJSON", schemaType, 401, 404))}
	if edition != nil {
		describeWrites(items, item, title)
		for _, path := range []object{page, schema, inGeoJSON, items} {
			path["parameters"] = []object{edition}
		}
		item["parameters"] = []object{edition, one}
	}
	paths[at], paths[at+"/items"], paths[at+"/items/{feature}"] = page, items, item
	paths[at+"/schema"], paths[at+"/feature-schema"] = schema, inGeoJSON
}

// describeWrites adds what can be done to the features of a draft.
func describeWrites(items, item object, schema string) {
	body := func(kinds ...string) object {
		content := object{}
		for _, kind := range kinds {
			content[kind] = object{"schema": object{"$ref": "#/components/schemas/" + schema}}
		}
		return object{"required": true, "content": content}
	}
	write := func(id, summary string, success string, fails []int, body object, parameters ...object) object {
		op := ogcSecured(ogcOperation(id, summary, "", fails...), parameters...)
		responses := op["responses"].(object)
		delete(responses, "200")
		responses[success] = object{"description": summary}
		if body != nil {
			op["requestBody"] = body
		}
		return op
	}
	items["post"] = write("create", "Add a grid", "201", []int{400, 401, 403, 405, 409, 413, 415, 422}, body(geoJSONType), ref("Content-Crs"))
	changes := []int{400, 401, 403, 404, 405, 409, 412, 413, 415, 422}
	item["put"] = write("replace", "Replace a grid's boundary and properties", "204", changes, body(geoJSONType), ref("Content-Crs"), ref("If-Match"))
	item["patch"] = write("update", "Change some of a grid", "204", changes, body(mergePatchType, geoJSONType), ref("Content-Crs"), ref("If-Match"))
	item["delete"] = write("delete", "Take a grid away", "204", []int{401, 403, 404, 405, 409, 412, 422}, nil, ref("If-Match"))
}

func ref(parameter string) object { return object{"$ref": "#/components/parameters/" + parameter} }

func ogcParameters() object {
	var systems []string
	for _, crs := range ogcSystems {
		systems = append(systems, crs.URI)
	}
	system := object{"type": "string", "format": "uri", "enum": systems, "default": systems[0]}
	parameter := func(name, in, text string, schema object) object {
		p := object{"name": name, "in": in, "required": false, "description": text, "schema": schema}
		if in == "query" {
			p["style"], p["explode"] = "form", false
		}
		return p
	}
	return object{
		"limit": parameter("limit", "query", "How many features a page has at most.",
			object{"type": "integer", "minimum": 1, "maximum": ogcMaxLimit, "default": ogcDefaultLimit}),
		"bbox": parameter("bbox", "query", "Only features that touch this box: its low corner and its high one, with or without heights. "+
			"One whose west is east of its east goes over the antimeridian.",
			object{"type": "array", "items": object{"type": "number"}, "minItems": 4, "maxItems": 6}),
		"bbox-crs": parameter("bbox-crs", "query", "The system of bbox.", system),
		"crs":      parameter("crs", "query", "The system of the answer.", system),
		"datetime": parameter("datetime", "query", "A moment, a day, or two of them with a slash between and .. for an open end: only "+
			"features that held then. Grids without it are those of now.", object{"type": "string"}),
		"cursor":      parameter("cursor", "query", "Where the link of a next page goes on.", object{"type": "string"}),
		"Content-Crs": parameter("Content-Crs", "header", "The system of the body, as a URI.", system),
		"If-Match":    parameter("If-Match", "header", "The ETag that the feature must still have.", object{"type": "string"}),
	}
}

// ogcOperation describes one operation; kind is what success answers with.
func ogcOperation(id, summary, kind string, fails ...int) object {
	success := object{"description": summary}
	if kind != "" {
		success["content"] = object{kind: object{"schema": object{"type": "object"}}}
	}
	responses := object{"200": success}
	for _, status := range fails {
		responses[strconv.Itoa(status)] = object{
			"description": http.StatusText(status),
			"content":     object{problemType: object{"schema": object{"$ref": "#/components/schemas/Problem"}}},
		}
	}
	return object{"operationId": id, "summary": summary, "responses": responses}
}

// ogcSecured is an operation that needs a person.
func ogcSecured(op object, parameters ...object) object {
	op["security"] = []object{{"session": []string{}}, {"basic": []string{}}}
	if len(parameters) > 0 {
		op["parameters"] = parameters
	}
	return op
}

func ogcProblemSchema() object {
	text := object{"type": "string"}
	return object{
		"type": "object", "description": "RFC 9457. What the boundary editor refused has rule, at and codes too.",
		"properties": object{
			"type": text, "title": text, "status": object{"type": "integer"}, "detail": text,
			"errors": object{"type": "array", "items": object{"type": "object", "properties": object{"location": text, "message": text}}},
			"rule":   text, "at": object{"type": "array", "items": object{"type": "number"}, "nullable": true},
			"codes": object{"type": "array", "items": text},
		},
	}
}

func idType(set geo.FeatureSet) string {
	if set.Number {
		return "integer"
	}
	return "string"
}

// featureSchema describes a feature of a set as GeoJSON has it.
func featureSchema(set geo.FeatureSet) object {
	var columns members
	for _, c := range set.Columns {
		columns = append(columns, member{c.Name, columnSchema(c)})
	}
	return object{
		"type": "object", "required": []string{"type", "id", "geometry", "properties"},
		"properties": members{
			{"type", object{"type": "string", "enum": []string{"Feature"}}}, {"id", object{"type": idType(set)}},
			{"geometry", object{"type": "object", "nullable": true}}, {"properties", object{"type": "object", "properties": columns}},
		},
	}
}

// columnSchema says in JSON Schema what kind of value a property has.
func columnSchema(c geo.FeatureColumn) object {
	switch c.Kind {
	case geo.WholeColumn:
		return object{"type": "integer"}
	case geo.NumberColumn:
		return object{"type": "number"}
	case geo.FlagColumn:
		return object{"type": "boolean"}
	case geo.TimeColumn:
		return object{"type": "string", "format": "date-time"}
	case geo.ListColumn:
		return object{"type": "array", "items": object{"type": "string"}}
	case geo.ObjectColumn:
		return object{"type": "object"}
	}
	return object{"type": "string"}
}

// ogcSchema says what the features of a collection say (Part 5), also of an empty one.
func (s *Server) ogcSchema(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	set, err := s.ogcSet(r.Context(), r.PathValue("collection"))
	if err != nil {
		return err
	}
	properties := members{
		{"id", object{"type": idType(set.FeatureSet), "x-ogc-role": "id", "readOnly": true, "x-ogc-propertySeq": 1}},
		{"geometry", object{"x-ogc-role": "primary-geometry", "format": "geometry-" + set.Shape, "x-ogc-propertySeq": 2}},
	}
	for i, c := range set.Columns {
		schema := columnSchema(c)
		schema["x-ogc-propertySeq"] = i + 3
		if set.draft == nil {
			schema["readOnly"] = true
		}
		properties = append(properties, member{c.Name, schema})
	}
	return writeJSON(w, schemaType, object{
		"$schema": jsonSchema, "$id": s.ogcAddress(r, "/collections/", set.Name, "/schema"),
		"title": set.title, "type": "object", "properties": properties,
	})
}

// ogcFeatureSchema says the same of a feature in GeoJSON.
func (s *Server) ogcFeatureSchema(w http.ResponseWriter, r *http.Request) error {
	if err := noParams(r); err != nil {
		return err
	}
	set, err := s.ogcSet(r.Context(), r.PathValue("collection"))
	if err != nil {
		return err
	}
	schema := featureSchema(set.FeatureSet)
	schema["$schema"], schema["title"] = jsonSchema, set.title
	return writeJSON(w, schemaType, schema)
}

const jsonSchema = "https://json-schema.org/draft/2020-12/schema"
