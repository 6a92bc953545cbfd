package geo

// FeatureSets are the collections of this room.
func FeatureSets() []FeatureSet {
	return []FeatureSet{gridFeatures, roadFeatures, fenceFeatures, permitFeatures, placeFeatures}
}

// gridFeatures are the grids of both nets, each named by its net and its code over all editions.
var gridFeatures = FeatureSet{
	Name: "grids", Net: AnyNet, From: "grids g JOIN editions e ON e.id = g.edition", Key: "g.code",
	Geom: "g.geom", Shape: "multipolygon", Begins: "e.from_at", Ends: "e.until_at", Scope: gridInScope,
	Columns: []FeatureColumn{
		{"net", TextColumn, true, "g.net"},
		{"code", TextColumn, true, "g.code"},
		{"name", TextColumn, true, "g.name"},
		{"kind", TextColumn, true, "g.kind"},
		{"street", TextColumn, true, "g.street"},
		{"edition", WholeColumn, true, "g.edition"},
		{"edition_title", TextColumn, false, "e.title"},
		{"from", TimeColumn, false, "e.from_at"},
		{"until", TimeColumn, false, "e.until_at"},
		{"demo", FlagColumn, true, "e.demo"},
	},
}

// roadFeatures are the sections of the road net as the corridors that they take.
var roadFeatures = FeatureSet{
	Name: "roads", Net: Road, From: "grids g JOIN editions e ON e.id = g.edition", Key: "g.code",
	Geom: "g.geom", Shape: "multipolygon", Begins: "e.from_at", Ends: "e.until_at", Scope: gridInScope,
	Columns: []FeatureColumn{
		{"code", TextColumn, true, "g.code"},
		{"name", TextColumn, true, "g.name"},
		{"street", TextColumn, true, "g.street"},
		{"section_code", TextColumn, true, "g.section->>'section_code'"},
		{"class", WholeColumn, true, "(g.section->>'class')::bigint"},
		{"left_m", NumberColumn, false, "(g.section->>'left_m')::float8"},
		{"right_m", NumberColumn, false, "(g.section->>'right_m')::float8"},
		{"line", ObjectColumn, false, "g.section->'line'"},
		{"edition", WholeColumn, true, "g.edition"},
		{"from", TimeColumn, false, "e.from_at"},
		{"until", TimeColumn, false, "e.until_at"},
		{"demo", FlagColumn, true, "e.demo"},
	},
}

const gridInScope = "g.net || '/' || g.code = ANY (@scope::text[])"

// fenceFeatures are the fences; one on a frame lies where its camera stands, unless it says which ground it is.
var fenceFeatures = FeatureSet{
	Name: "fences", From: "fences f LEFT JOIN views v ON v.id = f.view LEFT JOIN cameras c ON c.id = v.camera", Key: "f.id",
	Geom: "f.geom", Shape: "polygon",
	Scope: "(" + TouchesScope("f.geom") + " OR f.view IS NOT NULL AND " + TouchesScope("c.geom") + ")",
	Columns: []FeatureColumn{
		{"name", TextColumn, true, "f.name"},
		{"rule", TextColumn, true, "f.rule"},
		{"hours", ObjectColumn, false, "f.hours"},
		{"thresholds", ObjectColumn, false, "f.thresholds"},
		{"view", TextColumn, true, "f.view"},
		{"demo", FlagColumn, true, "f.demo"},
	},
}

var permitFeatures = FeatureSet{
	Name: "permits", From: "permits p", Key: "p.id", Geom: "p.geom", Shape: "polygon", Begins: "p.from_at", Ends: "p.until_at",
	Columns: []FeatureColumn{
		{"name", TextColumn, true, "p.name"},
		{"holder", TextColumn, true, "p.holder"},
		{"rules", ListColumn, false, "p.rules"},
		{"hours", ObjectColumn, false, "p.hours"},
		{"from", TimeColumn, false, "p.from_at"},
		{"until", TimeColumn, false, "p.until_at"},
		{"stall_m2", NumberColumn, false, "p.stall_m2"},
	},
}

var placeFeatures = FeatureSet{
	Name: "places", From: "places p", Key: "p.id", Geom: "p.geom", Shape: "any",
	Columns: []FeatureColumn{
		{"name", TextColumn, true, "p.name"},
		{"class", TextColumn, true, "p.class"},
		{"key", FlagColumn, true, "p.key"},
		{"demo", FlagColumn, true, "p.demo"},
	},
}

// DraftFeatures are the grids of an edition that is not published, under a name of its own. Their ids are those of the
// published ones.
func DraftFeatures(name string) FeatureSet {
	return FeatureSet{
		Name: name, Net: AnyNet, From: "grids g", Key: "g.code", Geom: "g.geom", Shape: "multipolygon", Scope: gridInScope,
		Columns: []FeatureColumn{
			{"code", TextColumn, true, "g.code"},
			{"name", TextColumn, true, "g.name"},
			{"kind", TextColumn, true, "g.kind"},
			{"street", TextColumn, true, "g.street"},
		},
	}
}
