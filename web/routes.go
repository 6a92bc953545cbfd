package web

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// routes is every door but the pages (pages.go): who may use it, what it is called, what answers.
func (s *Server) routes() {
	// Accounts.
	answer(s, anyone, s.signIn, door("POST /api/session", "signIn", "Sign in", "The answer sets the session's cookie.",
		status(http.StatusNoContent), fails(401, 403, 413, 429)))
	answer(s, anyone, s.signOut, door("DELETE /api/session", "signOut", "Sign out", "Also when nobody is signed in.",
		status(http.StatusNoContent), fails(403)))
	answer(s, anyone, s.trust, door("GET /api/trust", "trust", "The private authority that phones are to trust",
		"", fails(404)))
	s.plain(anyone, s.authorityFile, door("GET /trust/authority.crt", "authority", "The certificate that phones are to trust", "As DER.",
		gives("application/x-x509-ca-cert"), fails(404)))
	answer(s, signedIn, s.me, door("GET /api/me", "me", "Who am I", "The person, their beats, and the district.", fails(401)))

	// Alerts.
	answer(s, signedIn, s.listAlerts, door("GET /api/alerts", "listAlerts", "List alerts",
		"Newest first. A socket after seq misses nothing that this list does not contain.", fails(401)))
	answer(s, signedIn, s.getAlert, door("GET /api/alerts/{id}", "getAlert", "One alert",
		"With its events, evidence, receipts and reasons.", fails(401, 404)))
	answer(s, witnesses, s.acknowledge, door("POST /api/alerts/{id}/acknowledge", "acknowledge", "Take an alert on",
		"The first holds it, and alert.taken tells everybody else; a second person gets 409 with the holder. A repeat changes nothing.",
		fails(401, 403, 404, 409, 413)))
	answer(s, witnesses, s.acknowledge, door("POST /api/alerts/{id}/claim", "claim", "Take an alert that was offered",
		"Over a border, by a transfer or by the ladder; the same as to acknowledge it.", fails(401, 403, 404, 409, 413)))
	answer(s, witnesses, s.transfer, door("POST /api/alerts/{id}/transfer", "transfer", "Ask others to take an alert",
		"A person or a team, with the reason. It is nobody's until one of them acknowledges it. Its holder may, and the centre.",
		fails(401, 403, 404, 409, 413)))
	answer(s, witnesses, s.isFalse, door("POST /api/alerts/{id}/false", "isFalse", "Say that it was not there",
		"The verdict false, from whoever looked. Nobody is waited for any more.", fails(401, 403, 404, 413)))
	answer(s, judges, s.merge, door("POST /api/alerts/{id}/merge", "merge", "Say that an alert is the same as another",
		"It keeps its pictures and its story, and leaves the lists.", fails(401, 403, 404, 409, 413)))
	answer(s, judges, s.unmerge, door("POST /api/alerts/{id}/unmerge", "unmerge", "Let an alert stand for itself again",
		"A repeat changes nothing.", fails(401, 403, 404, 413)))
	answer(s, judges, s.silence, door("POST /api/alerts/{id}/silence", "silence", "Tell nobody of this matter at this spot for a while",
		"In its fence, or at its camera where it has none. What is raised is still on the centre's map.", fails(401, 403, 404, 413)))
	answer(s, witnesses, s.arrive, door("POST /api/alerts/{id}/arrive", "arrive", "Say that one is on the spot",
		"A repeat changes nothing.", fails(401, 403, 404, 413)))
	s.plain(witnesses, s.handle, handleDoor())
	answer(s, judges, s.judge, door("POST /api/alerts/{id}/verdict", "judge", "Say whether it was there",
		"The last word counts; earlier ones stay in the alert's events.", fails(401, 403, 404, 413)))
	answer(s, judges, s.precision, door("GET /api/precision", "precision", "How often each rule was right at each camera",
		"By the verdicts on its alerts, over all hours and by the hour.", fails(401, 403)))
	answer(s, administrators, s.resetPrecision, door("POST /api/precision/reset", "resetPrecision", "Trust a rule at a camera again",
		"Earlier verdicts are set aside: they count for the floor no more.", status(http.StatusNoContent), fails(401, 403, 404, 413)))
	s.plain(witnesses, s.evidence, door("GET /api/alerts/{id}/evidence/{n}", "evidence", "One picture of an alert",
		"The view is recorded.", pathParam("id", "integer"), pathParam("n", "integer"),
		gives("image/jpeg", "image/png", "image/webp"), fails(401, 403, 404)))

	// Who is told.
	answer(s, signedIn, s.duty, door("GET /api/duty", "duty", "Who is on duty", "At a moment, by post; and which posts nobody holds then. "+
		"Officers get the posts of their beats.", fails(401)))
	answer(s, cityWide, s.dutyHoles, door("GET /api/duty/holes", "dutyHoles", "Holes in the roster",
		"Times in which a post should be held and nobody does.", fails(401, 403)))
	s.plain(cityWide, s.exportRoster, door("GET /api/roster", "exportRoster", "The duty roster as CSV", rosterText,
		gives("text/csv"), fails(401, 403)))
	s.plain(administrators, s.importRoster, door("PUT /api/roster", "importRoster", "Replace the duty roster by a CSV",
		rosterText+" It is taken or refused as a whole; errors name line, field and rule.",
		takesText("text/csv", rosterExample), status(http.StatusNoContent), fails(401, 403, 413, 422)))
	answer(s, cityWide, s.tryRouting, door("POST /api/routing/try", "tryRouting", "Who would be told of a matter here, then",
		"With the rule that decides and the ladder, by what dispatches alerts. Nothing is told.", fails(401, 403, 413)))

	// The city.
	answer(s, signedIn, s.listGrids, door("GET /api/grids", "listGrids", "Grids of a net as GeoJSON",
		"With who answers for each. Officers get the grids of their beats.", fails(401, 404)))
	answer(s, signedIn, s.locate, door("GET /api/locate", "locate", "Which grids a point lies in",
		"One owner in each net, or none, and which of them answers.", fails(401, 403)))
	answer(s, signedIn, s.precedence, door("GET /api/precedence", "precedence", "Which net answers",
		"The first line that names the matter and the place, and whose net has a grid there, decides; else the community net answers.", fails(401)))
	answer(s, signedIn, s.listCameras, door("GET /api/cameras", "listCameras", "Cameras and their health", "", fails(401)))
	answer(s, judges, s.acceptReference, door("POST /api/cameras/{id}/reference", "acceptReference", "Take what a camera shows for its view",
		"For one that has moved or shows no known view: the picture of its condition is the view's reference from now on.", fails(401, 403, 404)))
	s.plain(witnesses, s.cameraPicture, door("GET /api/cameras/{id}/pictures/{sha256}", "cameraPicture", "A view's reference, or a camera in trouble",
		"The view is recorded.", pathParam("id", "string"), pathParam("sha256", "string"), gives("image/jpeg"), fails(401, 403, 404, 422)))
	answer(s, signedIn, s.listFences, door("GET /api/fences", "listFences", "Fences as GeoJSON",
		"A fence that is drawn on a camera's frame has no geometry.", fails(401)))
	answer(s, signedIn, s.listPermits, door("GET /api/permits", "listPermits", "Permits", "Where the same scene is legal, and when.", fails(401)))

	// What the kernels make of it, and what other rules would.
	answer(s, judges, s.listDwelling, door("GET /api/dwelling", "listDwelling", "What stays before the cameras now",
		"With how far each is from its threshold.", fails(401, 403)))
	answer(s, judges, s.trace, door("GET /api/cameras/{id}/trace", "trace", "Why, and why not",
		"Which gate stopped or advanced each candidate of a camera, from its recordings.", fails(401, 403, 404)))
	answer(s, cityWide, s.listRules, door("GET /api/rules", "listRules", "The rules in force",
		"With what the file says where another threshold was published.", fails(401, 403)))
	answer(s, judges, s.listBacktests, door("GET /api/backtests", "listBacktests", "Drafts that were tried", "", fails(401, 403)))
	answer(s, judges, s.getBacktest, door("GET /api/backtests/{id}", "getBacktest", "What a draft would have changed", "",
		fails(401, 403, 404)))
	answer(s, administrators, s.beginBacktest, door("POST /api/backtests", "beginBacktest", "Try changed rules, fences and permits on recordings",
		"In the background, one at a time.", status(http.StatusAccepted), fails(401, 403, 413)))
	answer(s, administrators, s.publishBacktest, door("POST /api/backtests/{id}/publish", "publishBacktest", "Put a draft into force",
		"All of it or nothing; cameras follow within seconds.", fails(401, 403, 404, 409)))
	answer(s, administrators, s.discardBacktest, door("POST /api/backtests/{id}/discard", "discardBacktest", "Give a draft up",
		"One that is still being tried is stopped.", fails(401, 403, 404, 409)))
	s.plain(judges, s.backtestPicture, door("GET /api/backtests/{id}/pictures/{sha256}", "backtestPicture", "One picture of a recording",
		"That a back-test shows. The view is recorded.", pathParam("id", "integer"), pathParam("sha256", "string"),
		gives("image/jpeg"), fails(401, 403, 404)))

	// Setting the city's eyes up.
	answer(s, setters, s.getCamera, door("GET /api/cameras/{id}", "getCamera", "What is set up of a camera", "Without its password.",
		fails(401, 403, 404)))
	answer(s, setters, s.addCamera, door("POST /api/cameras", "addCamera", "Add a camera", "It is watched within seconds.",
		status(http.StatusCreated), fails(401, 403, 413)))
	answer(s, setters, s.putCamera, door("PUT /api/cameras/{id}", "putCamera", "Change a camera",
		"Masks are black and calibrations in force within seconds; live views of it end.", fails(401, 403, 404, 413)))
	answer(s, setters, s.deleteCamera, door("DELETE /api/cameras/{id}", "deleteCamera", "Take a camera away",
		"With its views and the fences on their frames. Its alerts stay.", status(http.StatusNoContent), fails(401, 403, 404)))
	answer(s, setters, s.addView, door("POST /api/cameras/{id}/views", "addView", "Add the pose that a camera shows now as a view",
		"With a picture of now as what it shall show; without calibration and fences.", fails(401, 403, 404, 409)))
	answer(s, setters, s.tryCamera, door("POST /api/cameras/try", "tryCamera", "See a source, or why not",
		"The server connects to it. Nothing is stored.", fails(401, 403, 404, 413, 429)))
	answer(s, setters, s.calibrate, door("POST /api/calibrate", "calibrate", "How well pairs place a view", "Nothing is stored.",
		fails(401, 403, 413)))
	answer(s, watchers, s.overlay, door("GET /api/cameras/{id}/overlay", "overlay", "Grids, fences and permits drawn on a camera's frames",
		"", fails(401, 403, 404)))
	answer(s, judges, s.uncovered, door("GET /api/uncovered", "uncovered", "Key places that no view shows",
		"Key places, and fences on the map, of which less than half is in sight of cameras that bring frames.", fails(401, 403)))
	answer(s, signedIn, s.listPlaces, door("GET /api/places", "listPlaces", "Places that are to be watched, and their classes",
		"Officers get those in the grids of their beats.", fails(401)))
	answer(s, planners, s.putPlace, door("PUT /api/places/{id}", "putPlace", "Add a place, or change one",
		"A fence in it is of its class from then on.", fails(401, 403, 413)))
	answer(s, planners, s.deletePlace, door("DELETE /api/places/{id}", "deletePlace", "Take a place away", "",
		status(http.StatusNoContent), fails(401, 403, 404)))
	answer(s, planners, s.putFence, door("PUT /api/fences/{id}", "putFence", "Draw a fence, or change one", "Cameras follow within seconds.",
		fails(401, 403, 413)))
	answer(s, planners, s.deleteFence, door("DELETE /api/fences/{id}", "deleteFence", "Take a fence away", "What was raised in it stays.",
		status(http.StatusNoContent), fails(401, 403, 404)))
	answer(s, planners, s.putPermit, door("PUT /api/permits/{id}", "putPermit", "Give a permit, or change one", "",
		fails(401, 403, 413)))
	answer(s, planners, s.deletePermit, door("DELETE /api/permits/{id}", "deletePermit", "Take a permit away", "",
		status(http.StatusNoContent), fails(401, 403, 404)))
	s.plain(watchers, s.still, door("GET /api/cameras/{id}/still", "still", "A camera's newest picture", "Masks are black.",
		pathParam("id", "string"), gives("image/jpeg"), fails(401, 403, 404, 409)))
	s.plain(watchers, s.liveMJPEG, door("GET /api/cameras/{id}/live.mjpeg", "liveMJPEG", "A camera live, as pictures",
		"An endless answer of JPEGs; masks are black.", pathParam("id", "string"), gives("multipart/x-mixed-replace"),
		fails(401, 403, 404, 409)))
	answer(s, watchers, s.live, door("POST /api/cameras/{id}/live", "live", "A camera live, by WebRTC",
		"Its own H.264. Where that cannot be handed on, the refusal says why, and live.mjpeg shows it.",
		fails(401, 403, 404, 409, 413)))

	// Who answers where.
	answer(s, planners, s.listBeats, door("GET /api/beats", "listBeats", "Beats with their grids and officers", "", fails(401, 403)))
	answer(s, planners, s.putBeat, door("PUT /api/beats/{id}", "putBeat", "Make a beat, or change one",
		"All of it is replaced. 409 where grids belong to other beats and take_over is not said.", fails(401, 403, 409, 413)))
	answer(s, planners, s.deleteBeat, door("DELETE /api/beats/{id}", "deleteBeat", "Take a beat away", "Nobody answers for its grids then.",
		status(http.StatusNoContent), fails(401, 403, 404)))

	// The city's editions: drafts, review, publication.
	answer(s, signedIn, s.listEditions, door("GET /api/editions", "listEditions", "Editions of both nets",
		"Published ones; those who make editions see them all.", fails(401)))
	answer(s, signedIn, s.getEdition, door("GET /api/editions/{id}", "getEdition", "One edition", "", fails(401, 404)))
	answer(s, planners, s.beginEdition, door("POST /api/editions", "beginEdition", "Begin a draft",
		"With the grids of the newest published edition, or of another.", status(http.StatusCreated), takesLong(), fails(401, 403, 404, 413)))
	answer(s, planners, s.commandEdition, door("POST /api/editions/{id}/commands", "commandEdition", "Change a draft's grids by one command",
		"409 where the draft was changed since, with the shapes; 422 where the command is refused, with the rule and the place.",
		takes(maxCommandBytes), fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.putRoad, door("POST /api/editions/{id}/roads", "putRoad", "Lay a section of a road net's draft",
		"By its centre line and widths: the corridors of all sections are made anew, as one step. Without borders that were moved by hand.",
		takes(maxCommandBytes), fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.undoEdition, door("POST /api/editions/{id}/undo", "undoEdition", "Take the last command back",
		"Without end, and over restarts.", fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.redoEdition, door("POST /api/editions/{id}/redo", "redoEdition", "Do again what was undone", "",
		fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.checkEdition, door("POST /api/editions/{id}/check", "checkEdition", "Look for what is wrong with a draft",
		"One without errors is checked, and may be submitted.", fails(401, 403, 404, 409)))
	answer(s, planners, s.submitEdition, door("POST /api/editions/{id}/submit", "submitEdition", "Ask for a review",
		"Of a checked draft. Its grids stand still from then on.", fails(401, 403, 404, 409)))
	answer(s, planners, s.reviewEdition, door("POST /api/editions/{id}/review", "reviewEdition", "Accept a submitted edition, or give it back",
		"Nobody reviews what they made, changed or submitted.", fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.withdrawEdition, door("POST /api/editions/{id}/withdraw", "withdrawEdition", "Pull a submitted edition back",
		"By who made or submitted it: it is a draft again.", fails(401, 403, 404, 409)))
	answer(s, planners, s.rebaseEdition, door("POST /api/editions/{id}/rebase", "rebaseEdition", "Put a draft onto the edition published since",
		"Its commands are done again on the grids in force. 409 where some do not apply, with the reason, the place and the shapes of each: "+
			"nothing is changed until they are left out.", takesLong(), fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.publishEdition, door("POST /api/editions/{id}/publish", "publishEdition", "Put a reviewed edition into force",
		"From a moment that is not past. It ends the edition before it there, and takes the open matters whose ground changes hands.",
		takesLong(), fails(401, 403, 404, 409, 413)))
	answer(s, planners, s.rollbackEdition, door("POST /api/editions/{id}/rollback", "rollbackEdition", "Take a published edition back",
		"One that has not begun is withdrawn. Instead of the one in force, the one before it is published again from now, as a new "+
			"edition; an older one is itself published again. What is published for later is withdrawn with it.",
		takesLong(), fails(401, 403, 404, 409)))
	answer(s, planners, s.discardEdition, door("POST /api/editions/{id}/discard", "discardEdition", "Give a draft up",
		"It can still be looked at.", fails(401, 403, 404, 409)))
	answer(s, planners, s.editionImpact, door("GET /api/editions/{id}/impact", "editionImpact", "What an edition moves",
		"Against the edition that it follows: cameras, places, fences, open alerts, officers, and each beat's load.", takesLong(), fails(401, 403, 404)))
	answer(s, planners, s.editionLog, door("GET /api/editions/{id}/log", "editionLog", "What was done to an edition",
		"With who and when.", fails(401, 403, 404)))

	// Editions from files, and as files.
	s.plain(planners, s.beginImport, door("POST /api/import", "beginImport", "Make a draft of a survey file",
		"The body is the file: GeoJSON, GeoPackage, a zipped shapefile, KML or CSV with WKT. It is read in the background; "+
			"where the answer's Location leads tells how far it is.",
		requiredParam("net", "community or road."), queryParam("crs", "string", "The system of the coordinates, where the file does not say it."),
		queryParam("format", "string", "geojson, gpkg, shp, kml or csv; found where it is left out."),
		queryParam("encoding", "string", "UTF-8 or GBK, where the file does not say it."),
		queryParam("title", "string", "The draft's title."), queryParam("from", "string", "When the edition shall begin: a day or a moment."),
		status(http.StatusAccepted), fails(401, 403, 413, 422, 429)))
	answer(s, planners, s.listImports, door("GET /api/imports", "listImports", "Files that were brought", "", fails(401, 403)))
	answer(s, planners, s.getImport, door("GET /api/imports/{id}", "getImport", "What became of a file", "", fails(401, 403, 404)))
	answer(s, planners, s.listMends, door("GET /api/editions/{id}/mends", "listMends", "What can be mended in an edition",
		"Gaps, slivers, overlaps and near misses that are not wider than the tolerance. Nothing is mended until a person accepts it.",
		fails(401, 403, 404)))
	answer(s, planners, s.acceptMends, door("POST /api/editions/{id}/mends", "acceptMends", "Accept mends of a draft",
		"All or none, as one step that can be undone.", takes(maxCommandBytes), fails(401, 403, 404, 409, 413)))
	s.plain(planners, s.exportEdition, door("GET /api/editions/{id}/export", "exportEdition", "An edition as a file", "",
		pathParam("id", "integer"), requiredParam("format", "geojson, gpkg, shp (zipped), kml or csv."),
		queryParam("crs", "string", "The system of the coordinates; EPSG:4490 where it is left out, and EPSG:4326 for KML."),
		queryParam("encoding", "string", "Of the names in a shapefile: UTF-8, or GBK."),
		gives("application/geo+json", "application/geopackage+sqlite3", "application/zip", "application/vnd.google-earth.kml+xml", "text/csv"),
		fails(401, 403, 404, 422)))

	// Tiles.
	s.plain(signedIn, s.tile, door("GET /tiles/{layer}/{z}/{x}/{y}.mvt", "tile", "A vector tile of one layer",
		"Layers: outline, community, road, fences, cameras.", pathParam("layer", "string"), pathParam("z", "integer"),
		pathParam("x", "integer"), pathParam("y", "integer"), gives("application/vnd.mapbox-vector-tile"), fails(401, 404, 422)))
	s.plain(signedIn, s.describeTiles, door("GET /tiles/{layer}.json", "describeTiles", "TileJSON of one layer", "With bounds, zooms and fields.",
		pathParam("layer", "string"), queryParam("at", "string", "Tiles of this moment; of now where it is left out."),
		gives("application/json"), fails(401, 404, 422)))
	s.plain(signedIn, s.mapStyle, door("GET /tiles/style.json", "mapStyle", "A MapLibre style of all layers",
		"It needs no glyphs, no sprite and nothing from elsewhere.", gives("application/json"), fails(401)))

	// For GIS programs.
	s.ogcRoutes()

	// Push.
	s.plain(signedIn, s.push, door("GET /ws", "push", "Events as they happen, over a websocket", pushText,
		queryParam("after", "integer", "The last event number that the client has; without it, events from now on."),
		status(http.StatusSwitchingProtocols), fails(401, 403, 422, 429, 503)))

	// The program itself.
	s.plain(anyone, s.healthz, door("GET /healthz", "healthz", "Does the process answer", "", gives("text/plain")))
	s.plain(anyone, s.readyz, door("GET /readyz", "readyz", "Does every part work", "503 when one does not.",
		gives("application/json")))
	metrics := promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{DisableCompression: true})
	s.plain(anyone, wrapHandler(metrics), door("GET /metrics", "metrics", "Counters for Prometheus", "", gives("text/plain")))
	s.plain(anyone, s.openAPI, door("GET /api/openapi.json", "openapi", "This document", "",
		gives("application/openapi+json")))
}

// newAPI is huma without what it brings from elsewhere: no documentation page, no schema links, JSON only.
func newAPI(mux *http.ServeMux, version string) huma.API {
	return humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Gridwatch 网格哨", Version: version,
				Description: "Alerts of a city's cameras, on its grids. Every failure is a problem document (RFC 9457). " +
					"A plain client needs the session's cookie and its own Origin, no token.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: cookieName},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	})
}

// answer opens a door that takes and gives JSON: huma decodes, checks and describes it.
func answer[I, O any](s *Server, may roles, h func(context.Context, *I) (*O, error), op huma.Operation) {
	op.Security = security(may)
	op.Middlewares = huma.Middlewares{s.gate(may)}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBodyBytes
	}
	within, long := op.Metadata[patience].(time.Duration)
	if !long {
		within = answerTime
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		out, err := h(ctx, in)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	})
}

// maxBodyBytes is the largest JSON body that a door takes which does not say otherwise.
const maxBodyBytes = 64 << 10

// wholeLast is a parameter with a suffix: the last part of a pattern is whole.
var wholeLast = regexp.MustCompile(`\}\.[a-z]+$`)

// plain opens a door that reads or writes something else than JSON. It is described by hand.
func (s *Server) plain(may roles, h func(http.ResponseWriter, *http.Request) error, op huma.Operation) {
	op.Security = security(may)
	s.describe(op)
	pattern := op.Method + " " + wholeLast.ReplaceAllString(op.Path, "}")
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		ctx, err := s.admit(r, may)
		if err == nil {
			err = h(w, r.WithContext(ctx))
		}
		if err != nil {
			writeProblem(w, s.fail(r.Context(), err))
		}
	})
}

func wrapHandler(h http.Handler) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		h.ServeHTTP(w, r)
		return nil
	}
}

// openAPI writes the description that the routes above made.
func (s *Server) openAPI(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(s.document)
	return nil
}
