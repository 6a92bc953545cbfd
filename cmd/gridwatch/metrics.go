package main

import (
	"regexp"
	"time"

	"gridwatch/vision/capture"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// liveHeap is what the last garbage collection found in use: the figure that grows with a leak.
var liveHeap = collectors.GoRuntimeMetricsRule{Matcher: regexp.MustCompile(`^/gc/heap/live:bytes$`)}

// registerMetrics lets /metrics tell how cameras, engine and feed fare. The doors register their own.
func registerMetrics(registry *prometheus.Registry, s *service) {
	registry.MustRegister(
		collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(liveHeap)),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		cameraMetrics{s.cameras},
		counter("gridwatch_sightings_taken_total", "Sightings that changed the record.", s.engine.Counters().Taken.Load),
		counter("gridwatch_sightings_repeated_total", "Sightings that were known already.", s.engine.Counters().Repeats.Load),
		counter("gridwatch_sightings_rejected_total", "Messages that no alert can be made of.", s.engine.Counters().Rejected.Load),
		counter("gridwatch_record_retries_total", "Writes of the record that were tried again.", s.engine.Counters().Retries.Load),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "gridwatch_record_seconds_total", Help: "Time spent in recording what was taken.",
		}, func() float64 { return time.Duration(s.engine.Counters().TakeTime.Load()).Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "gridwatch_open_pictures",
			Help: "Decoded pictures in memory; -1 where the build does not count them.",
		}, func() float64 { return float64(capture.OpenMats()) }),
	)
}

func counter(name, help string, read func() int64) prometheus.Collector {
	return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(read()) })
}

// cameraMetrics reads the counters of every camera that is being watched.
type cameraMetrics struct{ cameras *cameras }

var (
	framesMetric = cameraMetric("frames_total", "Frames that came to be judged.")
	droppedTotal = cameraMetric("frames_dropped_total", "Frames that a newer one replaced before they were looked at.")
	badTotal     = cameraMetric("frames_bad_total", "Pictures that could not be decoded.")
	unfitTotal   = cameraMetric("frames_unfit_total", "Frames that could neither raise nor clear.")
	sparedTotal  = cameraMetric("looks_spared_total", "Fit frames for which an earlier answer of the detector held.")
	detectTotal  = cameraMetric("detect_seconds_total", "Time spent in the detector and in waiting for it.")
	toldTotal    = cameraMetric("sightings_total", "Sightings that the kernel told.")
	lookedTotal  = cameraMetric("second_looks_total", "Times that a second look was asked for, answered or not.")
	deniedTotal  = cameraMetric("sightings_denied_total", "Sightings that nobody was told of after a second look.")
	ageMetric    = cameraMetric("newest_frame_age_seconds", "Age of the newest frame that was looked at.")
)

func cameraMetric(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("gridwatch_camera_"+name, help, []string{"camera"}, nil)
}

func (m cameraMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{framesMetric, droppedTotal, badTotal, unfitTotal, sparedTotal, detectTotal, toldTotal, lookedTotal, deniedTotal, ageMetric} {
		out <- d
	}
}

func (m cameraMetrics) Collect(out chan<- prometheus.Metric) {
	for id, w := range m.cameras.watches() {
		count := func(d *prometheus.Desc, value float64) {
			out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, id)
		}
		count(droppedTotal, float64(w.latest.Dropped()))
		count(badTotal, float64(w.watcher.BadFrames()))
		p := w.pipeline.Load()
		if p == nil {
			continue
		}
		count(framesMetric, float64(p.Counters.Frames.Load()))
		count(unfitTotal, float64(p.Counters.Unfit.Load()))
		count(sparedTotal, float64(p.Counters.Spared.Load()))
		count(detectTotal, time.Duration(p.Counters.DetectNanos.Load()).Seconds())
		count(toldTotal, float64(p.Counters.Sightings.Load()))
		count(lookedTotal, float64(p.Counters.SecondLooks.Load()))
		count(deniedTotal, float64(p.Counters.Denied.Load()))
		if at := p.Counters.NewestFrameAt.Load(); at != 0 {
			out <- prometheus.MustNewConstMetric(ageMetric, prometheus.GaugeValue, time.Since(time.Unix(0, at)).Seconds(), id)
		}
	}
}
