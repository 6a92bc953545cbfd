package web

import (
	"context"
	"maps"
	"slices"

	"gridwatch/alerts"
	"gridwatch/vision"
)

type rulesAnswer struct{ Body ruleListView }

type ruleListView struct {
	Version int        `json:"version" example:"7" doc:"It grows with every change, and stands on every alert."`
	Items   []ruleView `json:"items" nullable:"false"`
	Next    *string    `json:"next" doc:"Always null: rules fit on one page."`
}

type ruleView struct {
	Key        string          `json:"key" example:"fire_lane"`
	Name       string          `json:"name" example:"消防通道停车"`
	NameEN     string          `json:"name_en" example:"Vehicle in a fire lane"`
	Matter     matterView      `json:"matter"`
	Scene      string          `json:"scene" example:"standing"`
	Subjects   []string        `json:"subjects" nullable:"false" doc:"Classes that begin an occupancy."`
	Goods      []string        `json:"goods" nullable:"false" doc:"Classes that count as a stall's goods."`
	Measured   string          `json:"measured" example:"untested" doc:"The row of the evaluation's table that measured it, or untested."`
	Thresholds []thresholdView `json:"thresholds" nullable:"false"`
}

type thresholdView struct {
	Key     string  `json:"key" example:"raise_s"`
	Value   float64 `json:"value" example:"30" doc:"In force."`
	Default float64 `json:"default" example:"50" doc:"Of the rules' file."`
	Unit    string  `json:"unit" example:"s"`
	Doc     string  `json:"doc"`
	Min     float64 `json:"min" example:"1"`
	Max     float64 `json:"max" example:"86400"`
}

// listRules gives the rules in force, and what the file says where something else was published.
func (s *Server) listRules(ctx context.Context, _ *struct{}) (*rulesAnswer, error) {
	rules, err := s.rules.InForce(ctx)
	if err != nil {
		return nil, err
	}
	return &rulesAnswer{rulesOf(rules, s.rules.File(), s.matters)}, nil
}

func rulesOf(rules, file vision.Rules, matters alerts.Matters) ruleListView {
	list := ruleListView{Version: rules.Version, Items: []ruleView{}}
	for _, key := range rules.Keys() {
		rule, _ := rules.Rule(key)
		shipped, _ := file.Rule(key)
		view := ruleView{
			Key: key, Name: rule.Name, NameEN: rule.NameEn, Matter: matterOf(matters, rule.Matter), Scene: string(rule.Scene),
			Subjects: append([]string{}, rule.Subjects...), Goods: append([]string{}, slices.Sorted(maps.Keys(rule.Goods))...),
			Measured: rule.Measured, Thresholds: []thresholdView{},
		}
		defaults := shipped.Settings()
		for i, t := range rule.Settings() {
			view.Thresholds = append(view.Thresholds, thresholdView{
				Key: t.Key, Value: t.Value, Default: defaults[i].Value, Unit: t.Unit, Doc: t.Doc, Min: t.Min, Max: t.Max,
			})
		}
		list.Items = append(list.Items, view)
	}
	return list
}
