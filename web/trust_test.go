package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"testing"
	"testing/fstest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// selfSigned is an authority that signed a certificate for 127.0.0.1: itself.
func selfSigned(t *testing.T) (*x509.Certificate, Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "试"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pair := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return certificate, func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair, nil }
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func TestTrust_APhoneFetchesTheAuthorityInPlainAndThenReachesThePagesByHTTPS(t *testing.T) {
	authority, certificate := selfSigned(t)
	server, err := New(Config{
		Certificate: certificate, Authority: authority, Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(),
		Pages: fstest.MapFS{"login/index.html": {Data: []byte("login")}, "trust/index.html": {Data: []byte("trust")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	secure, plain := listen(t), listen(t)
	go server.Serve(t.Context(), secure)
	go server.ServePlain(t.Context(), plain, secure.Addr())

	strangers := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(client *http.Client, url string) (*http.Response, string) {
		t.Helper()
		answer, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer, string(data)
	}
	if _, err := strangers.Get("https://" + secure.Addr().String() + "/login/"); err == nil {
		t.Fatal("who does not trust the authority reaches the pages")
	}
	if _, text := get(strangers, "http://"+plain.Addr().String()+"/trust/"); text != "trust" {
		t.Errorf("the page in plain: %q", text)
	}
	answer, file := get(strangers, "http://"+plain.Addr().String()+"/trust/authority.crt")
	if kind := answer.Header.Get("Content-Type"); kind != "application/x-x509-ca-cert" {
		t.Errorf("the file is %s", kind)
	}
	fetched, err := x509.ParseCertificate([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/login/?next=%2Fofficer%2F", "/api/session", "/ws"} {
		answer, _ := get(strangers, "http://"+plain.Addr().String()+path)
		if to := answer.Header.Get("Location"); answer.StatusCode != http.StatusTemporaryRedirect || to != "https://"+secure.Addr().String()+path {
			t.Errorf("%s in plain: %d, to %q", path, answer.StatusCode, to)
		}
	}

	roots := x509.NewCertPool()
	roots.AddCert(fetched)
	phone := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	if _, text := get(phone, "https://"+secure.Addr().String()+"/login/"); text != "login" {
		t.Errorf("by HTTPS: %q", text)
	}
}

func TestTrust_WithoutAnAuthorityThereIsNoneToFetch(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/api/trust", "/trust/authority.crt"} {
		wantProblem(t, w.nobody().get(path), http.StatusNotFound)
	}
}
