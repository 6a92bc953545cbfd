package web

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are what this room counts.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	sockets  prometheus.Gauge
	closed   *prometheus.CounterVec
	pushed   prometheus.Counter
	receipts *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	make := promauto.With(registry)
	return &metrics{
		requests: make.NewCounterVec(prometheus.CounterOpts{
			Name: "gridwatch_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"route", "status"}),
		seconds: make.NewHistogramVec(prometheus.HistogramOpts{
			Name: "gridwatch_http_request_seconds", Help: "Time to answer a request, by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"route"}),
		sockets: make.NewGauge(prometheus.GaugeOpts{
			Name: "gridwatch_sockets", Help: "Sockets that are open.",
		}),
		closed: make.NewCounterVec(prometheus.CounterOpts{
			Name: "gridwatch_sockets_closed_total", Help: "Sockets that ended, by close code (0: the client left).",
		}, []string{"code"}),
		pushed: make.NewCounter(prometheus.CounterOpts{
			Name: "gridwatch_socket_messages_total", Help: "Messages written to sockets.",
		}),
		receipts: make.NewCounterVec(prometheus.CounterOpts{
			Name: "gridwatch_receipts_total", Help: "Receipts that clients sent, by type.",
		}, []string{"type"}),
	}
}

// request counts one answer. A route is its pattern, never a path: paths are the callers' to choose.
func (m *metrics) request(route string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Inc()
	if route != "GET /ws" {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}
