package main

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gridwatch/geo"
	"gridwatch/vision"
	"gridwatch/vision/infer"
)

// openDetectors opens the default detector and those that the city has added, and holds them against the rules: a detector
// of whose labels its rules use none is a mistake, and a rule that no detector can see anything of is worth a word.
func openDetectors(cfg Config, rules vision.Rules, log *slog.Logger) (_ *infer.Together, err error) {
	if err := checkDetectors(cfg, rules); err != nil {
		return nil, err
	}
	t := &infer.Together{}
	if t.Default, err = openDetector(cfg.Detector); err != nil {
		return nil, err
	}
	for i, d := range cfg.Detectors {
		pool, err := openPool(d.detector(cfg.Detector.Library))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("detectors[%d] %s: %w", i, d.Name, err), t.Close())
		}
		t.Added = append(t.Added, infer.Added{Name: d.Name, Pool: pool, Rules: d.Rules})
		log.Info("detector added", "name", d.Name, "model", pool.Fingerprint(), "labels", d.Labels, "rules", d.Rules)
	}
	for _, key := range blindRules(cfg, rules) {
		log.Warn("a rule cannot find anything: no detector has its subjects", "rule", key)
	}
	return t, nil
}

// openDetector opens the default detector.
func openDetector(c DetectorConfig) (*infer.Pool, error) {
	pool, err := openPool(c)
	if err != nil {
		return nil, fmt.Errorf("detector: %w", err)
	}
	return pool, nil
}

func openPool(c DetectorConfig) (*infer.Pool, error) {
	return infer.Open(infer.Config{
		Library: beside(c.Library), Model: beside(c.Model), Kind: infer.Kind(c.Kind), Input: c.Input, Labels: c.Labels, Vehicles: c.Vehicles,
		Score: c.Score, NMS: c.NMS, Sessions: c.Sessions,
	})
}

// checkDetectors holds the added detectors against the rules that they are for.
func checkDetectors(cfg Config, rules vision.Rules) error {
	for i, d := range cfg.Detectors {
		field := fmt.Sprintf("detectors[%d].rules", i)
		for _, key := range d.Rules {
			rule, ok := rules.Rule(key)
			if !ok {
				return geo.Invalid(field, "there is no rule %q; the rules are %v", key, rules.Keys())
			}
			if !slices.ContainsFunc(rule.Uses(), func(class string) bool { return slices.Contains(classesOf(d.Labels, d.Vehicles), class) }) {
				return geo.Invalid(field, "rule %q uses none of the labels; it uses %v", key, rule.Uses())
			}
		}
	}
	return nil
}

// blindRules are the rules whose subjects, or goods, no detector reports.
func blindRules(cfg Config, rules vision.Rules) (blind []string) {
	labels := cfg.Detector.Labels
	if len(labels) == 0 {
		labels = infer.COCO()
	}
	seen := append(classesOf(labels, cfg.Detector.Vehicles), vision.ClassChange)
	for _, d := range cfg.Detectors {
		seen = append(seen, classesOf(d.Labels, d.Vehicles)...)
	}
	for _, key := range rules.Keys() {
		rule, _ := rules.Rule(key)
		if !slices.ContainsFunc(rule.Begins(), func(class string) bool { return slices.Contains(seen, class) }) {
			blind = append(blind, key)
		}
	}
	return blind
}

// classesOf are the labels of a model and, where some of them are vehicles, that class.
func classesOf(labels, vehicles []string) []string {
	classes := slices.Clone(labels)
	if len(vehicles) == 0 {
		vehicles = infer.Vehicles()
	}
	if slices.ContainsFunc(vehicles, func(v string) bool { return slices.Contains(labels, v) }) {
		classes = append(classes, vision.ClassVehicle)
	}
	return classes
}

// openSecondLook makes ready to ask the configured model; nil where there is none.
func openSecondLook(c SecondLookConfig) (vision.Looker, error) {
	if c.URL == "" {
		return nil, nil
	}
	return infer.NewEndpoint(infer.EndpointConfig{
		URL: c.URL, Model: c.Model, Key: c.Key, Timeout: time.Duration(c.TimeoutS * float64(time.Second)), AtOnce: c.AtOnce,
	})
}
