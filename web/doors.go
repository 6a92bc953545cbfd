package web

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// detail adds one thing to the description of a door.
type detail func(*huma.Operation)

// door describes a door for the OpenAPI document. The pattern is a mux's: "GET /api/alerts/{id}".
func door(pattern, id, summary, description string, details ...detail) huma.Operation {
	method, path, _ := strings.Cut(pattern, " ")
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Description: description,
		DefaultStatus: http.StatusOK, Responses: map[string]*huma.Response{},
	}
	if isRepeatable(method, path) {
		op.Parameters = append(op.Parameters, repeatParam())
	}
	for _, add := range details {
		add(&op)
	}
	return op
}

// status says how success answers where that is not 200.
func status(code int) detail {
	return func(op *huma.Operation) { op.DefaultStatus = code }
}

// fails lists the statuses of the problems that the door tells of on purpose.
func fails(codes ...int) detail {
	return func(op *huma.Operation) { op.Errors = codes }
}

// takes says how large the body may be where that is more than elsewhere.
func takes(bytes int64) detail {
	return func(op *huma.Operation) { op.MaxBodyBytes = bytes }
}

// patience is the key in an operation's metadata of how long its answer may take.
const patience = "patience"

// takesLong lets an answer take nearly as long as a request may: PostGIS looks at every grid of a city.
func takesLong() detail {
	return func(op *huma.Operation) { op.Metadata = map[string]any{patience: requestTime * 3 / 4} }
}

// gives says the media types of a door that huma does not encode.
func gives(kinds ...string) detail {
	return func(op *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, kind := range kinds {
			content[kind] = &huma.MediaType{}
		}
		op.Responses["200"] = &huma.Response{Description: http.StatusText(http.StatusOK), Content: content}
	}
}

// takesText says the media type and an example of a body that huma does not decode.
func takesText(kind, example string) detail {
	return func(op *huma.Operation) {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			kind: {Schema: &huma.Schema{Type: huma.TypeString}, Example: example},
		}}
	}
}

// pathParam and queryParam describe the parameters of a door that huma does not decode.
func pathParam(name, kind string) detail {
	return func(op *huma.Operation) {
		op.Parameters = append(op.Parameters,
			&huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: kind}})
	}
}

func queryParam(name, kind, text string) detail {
	return func(op *huma.Operation) {
		op.Parameters = append(op.Parameters,
			&huma.Param{Name: name, In: "query", Description: text, Schema: &huma.Schema{Type: kind}})
	}
}

func requiredParam(name, text string) detail {
	return func(op *huma.Operation) {
		op.Parameters = append(op.Parameters,
			&huma.Param{Name: name, In: "query", Required: true, Description: text, Schema: &huma.Schema{Type: "string"}})
	}
}

// describe puts a plain door into the document.
func (s *Server) describe(op huma.Operation) {
	success := strconv.Itoa(op.DefaultStatus)
	if op.Responses[success] == nil {
		op.Responses[success] = &huma.Response{Description: http.StatusText(op.DefaultStatus)}
	}
	for _, code := range op.Errors {
		op.Responses[strconv.Itoa(code)] = &huma.Response{
			Description: http.StatusText(code),
			Content:     map[string]*huma.MediaType{problemType: {Schema: s.schema(Problem{})}},
		}
	}
	s.api.OpenAPI().AddOperation(&op)
}

func (s *Server) schema(of any) *huma.Schema {
	return s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(of), true, "")
}

func security(may roles) []map[string][]string {
	if may == nil {
		return nil
	}
	return []map[string][]string{{"session": {}}}
}

// schemaName names a schema as its type, without the suffix that tells a view from what it shows.
func schemaName(t reflect.Type, hint string) string {
	return strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "View")
}

// nullable says in a schema that these properties may be null: huma cannot say it of objects itself.
func nullable(s *huma.Schema, names ...string) *huma.Schema {
	for _, name := range names {
		object := *s.Properties[name]
		text := object.Description
		object.Description = ""
		s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{&object, {Type: "null"}}, Description: text}
	}
	return s
}
