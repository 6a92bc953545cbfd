package web

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Certificate is what a TLS handshake shows.
type Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)

var noAuthority = problem(http.StatusNotFound, "This service has no private certificate authority.")

// authorityView is the private authority, for a person to compare with what the phone shows.
type authorityView struct {
	Name     string    `json:"name" example:"Gridwatch 网格哨 2026-01-02" doc:"Its common name, as the phone lists it."`
	SHA256   string    `json:"sha256" doc:"Fingerprint of the certificate, in hexadecimal."`
	NotAfter time.Time `json:"not_after"`
}

type authorityAnswer struct{ Body authorityView }

// trust tells which authority signed the certificate of the service.
func (s *Server) trust(context.Context, *struct{}) (*authorityAnswer, error) {
	if s.authority == nil {
		return nil, noAuthority
	}
	sum := sha256.Sum256(s.authority.Raw)
	return &authorityAnswer{authorityView{
		Name: s.authority.Subject.CommonName, SHA256: hex.EncodeToString(sum[:]), NotAfter: s.authority.NotAfter,
	}}, nil
}

// authorityFile is the certificate as Android and iOS install it: DER, by this media type.
func (s *Server) authorityFile(w http.ResponseWriter, _ *http.Request) error {
	if s.authority == nil {
		return noAuthority
	}
	w.Header().Set("Content-Type", "application/x-x509-ca-cert")
	w.Header().Set("Content-Disposition", `attachment; filename="gridwatch.crt"`)
	_, err := w.Write(s.authority.Raw)
	return err
}

// ServePlain answers on listener without TLS until ctx ends: how to trust the authority, since a phone that does not yet
// gets no further. Everything else is sent to the HTTPS address.
func (s *Server) ServePlain(ctx context.Context, listener net.Listener, secure net.Addr) error {
	server := s.newHTTP(s.plainDoors(secure))
	return serveUntil(ctx, server, func() error { return server.Serve(listener) })
}

func (s *Server) plainDoors(secure net.Addr) http.Handler {
	mux := http.NewServeMux()
	for _, path := range []string{"/trust/", "/assets/", "/mark.svg", "/api/trust"} {
		mux.Handle("GET "+path, s.handler)
	}
	_, port, _ := net.SplitHostPort(secure.String())
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		asked := url.URL{Host: r.Host}
		to := url.URL{Scheme: "https", Host: net.JoinHostPort(asked.Hostname(), port), Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusTemporaryRedirect)
	})
	return mux
}
