package alerts

import "gridwatch/geo"

// FeatureSets are this room's things as other people's tools read them: where they are, and what may be told of them.
func FeatureSets() []geo.FeatureSet { return []geo.FeatureSet{cameraFeatures, alertFeatures} }

var cameraFeatures = geo.FeatureSet{
	Name: "cameras", From: "cameras c LEFT JOIN camera_conditions n ON n.camera = c.id AND n.until_at IS NULL", Key: "c.id",
	Geom: "c.geom", Shape: "point", Where: "c.enabled",
	Columns: []geo.FeatureColumn{
		{Name: "name", Kind: geo.TextColumn, Filter: true, SQL: "c.name"},
		{Name: "place_class", Kind: geo.TextColumn, Filter: true, SQL: "c.place_class"},
		{Name: "state", Kind: geo.TextColumn, Filter: true, SQL: "c.state"},
		{Name: "state_since", Kind: geo.TimeColumn, SQL: "c.state_since"},
		{Name: "reason", Kind: geo.TextColumn, SQL: "c.reason"},
		{Name: "condition", Kind: geo.TextColumn, Filter: true, SQL: "n.code"},
		{Name: "condition_since", Kind: geo.TimeColumn, SQL: "n.since_at"},
		{Name: "composed", Kind: geo.FlagColumn, Filter: true, SQL: "c.composed"},
	},
}

// alertFeatures are the alerts that stand for themselves, from when they were raised until the place was clear.
var alertFeatures = geo.FeatureSet{
	Name: "alerts", From: "alerts a", Key: "a.id", Number: true, Geom: "a.geom", Shape: "point",
	Begins: "a.raised_at", Ends: "a.cleared_at", Where: "a.joined IS NULL",
	Scope: "NOT a.review_only AND a.grid_net || '/' || a.grid_code = ANY (@scope::text[])",
	Columns: []geo.FeatureColumn{
		{Name: "rule", Kind: geo.TextColumn, Filter: true, SQL: "a.rule"},
		{Name: "matter", Kind: geo.TextColumn, Filter: true, SQL: "a.matter"},
		{Name: "state", Kind: geo.TextColumn, Filter: true, SQL: "a.state"},
		{Name: "handling", Kind: geo.TextColumn, Filter: true, SQL: "a.handling"},
		{Name: "since", Kind: geo.TimeColumn, SQL: "a.since_at"},
		{Name: "raised_at", Kind: geo.TimeColumn, SQL: "a.raised_at"},
		{Name: "escalated_at", Kind: geo.TimeColumn, SQL: "a.escalated_at"},
		{Name: "cleared_at", Kind: geo.TimeColumn, SQL: "a.cleared_at"},
		{Name: "acknowledged_at", Kind: geo.TimeColumn, SQL: "a.acknowledged_at"},
		{Name: "arrived_at", Kind: geo.TimeColumn, SQL: "a.arrived_at"},
		{Name: "handled_at", Kind: geo.TimeColumn, SQL: "a.handled_at"},
		{Name: "class", Kind: geo.TextColumn, Filter: true, SQL: "a.class"},
		{Name: "score", Kind: geo.NumberColumn, SQL: "a.score"},
		{Name: "sigma_m", Kind: geo.NumberColumn, SQL: "a.sigma_m"},
		{Name: "grounded", Kind: geo.FlagColumn, Filter: true, SQL: "a.grounded"},
		{Name: "camera", Kind: geo.TextColumn, Filter: true, SQL: "a.camera"},
		{Name: "fence", Kind: geo.TextColumn, Filter: true, SQL: "a.fence"},
		{Name: "fence_name", Kind: geo.TextColumn, SQL: "a.fence_name"},
		{Name: "grid_net", Kind: geo.TextColumn, Filter: true, SQL: "a.grid_net"},
		{Name: "grid_code", Kind: geo.TextColumn, Filter: true, SQL: "a.grid_code"},
		{Name: "composed", Kind: geo.FlagColumn, Filter: true, SQL: "a.composed"},
		{Name: "verdict", Kind: geo.TextColumn, Filter: true, SQL: "a.verdict"},
		{Name: "review_only", Kind: geo.FlagColumn, Filter: true, SQL: "a.review_only"},
	},
}
