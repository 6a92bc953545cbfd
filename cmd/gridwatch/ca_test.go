package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridwatch/geo"
)

func makeCA(t *testing.T, dir string, hosts ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := runCA(t.Context(), append([]string{"--dir", dir}, hosts...), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// verify checks the service's certificate as a phone does that trusts the authority and nothing else.
func verify(t *testing.T, dir, host string, at time.Time) error {
	t.Helper()
	roots := x509.NewCertPool()
	root, err := readCertificate(filepath.Join(dir, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(root)
	leaf, err := readCertificate(filepath.Join(dir, serverFile))
	if err != nil {
		t.Fatal(err)
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host, CurrentTime: at})
	return err
}

func TestCA_APhoneThatTrustsTheAuthorityTrustsTheService(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	out := makeCA(t, dir, "city.example", "10.0.0.5", "::1")
	now := time.Now()
	for _, host := range []string{"city.example", "10.0.0.5", "::1"} {
		if err := verify(t, dir, host, now); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	if err := verify(t, dir, "other.example", now); err == nil {
		t.Error("it passes for another name")
	}
	if err := verify(t, dir, "city.example", now.AddDate(0, 0, 826)); err == nil {
		t.Error("it holds longer than phones of Apple take")
	}
	root, err := readCertificate(filepath.Join(dir, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, fingerprint(root)) {
		t.Errorf("the fingerprint is not told:\n%s", out)
	}
	for _, name := range []string{authorityKeyFile, serverKeyFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s is open to others: %v", name, info.Mode())
		}
	}
}

func TestCA_ASecondRunRenewsUnderTheSameAuthority(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	makeCA(t, dir, "city.example")
	before, err := os.ReadFile(filepath.Join(dir, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	pair, err := openKeyPair(TLSConfig{Certificate: filepath.Join(dir, serverFile), Key: filepath.Join(dir, serverKeyFile)}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	makeCA(t, dir, "moved.example")
	after, err := os.ReadFile(filepath.Join(dir, authorityFile))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(before, after) {
		t.Error("phones would have to trust another authority")
	}
	shown := func() string {
		c, err := pair.certificate(&tls.ClientHelloInfo{})
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.Subject.CommonName
	}
	// The clock of the file system may be coarser than the time between the two.
	if err := os.Chtimes(filepath.Join(dir, serverFile), time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := shown(); got != "moved.example" {
		t.Errorf("after the renewal %s is shown", got)
	}
	if err := os.WriteFile(filepath.Join(dir, serverFile), []byte("half a file"), 0o644); err != nil {
		t.Fatal(err)
	}
	pair.looked = time.Time{}
	if got := shown(); got != "moved.example" {
		t.Errorf("with a broken file %s is shown", got)
	}
}

func TestCA_RefusesWhatNoPhoneCouldUse(t *testing.T) {
	for _, host := range []string{"http://city.example", "city.example:443", "a-.example", "网格.example", "a..b", ""} {
		dir := filepath.Join(t.TempDir(), "ca")
		err := runCA(t.Context(), []string{"--dir", dir, "good.example", host}, &bytes.Buffer{})
		if invalid := (&geo.InvalidError{}); !errors.As(err, &invalid) || invalid.Field != "HOST 2" {
			t.Errorf("%q: %v", host, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: something was made", host)
		}
	}
	if err := runCA(t.Context(), nil, &bytes.Buffer{}); err == nil {
		t.Error("a certificate for nobody")
	}
}

func TestCA_AKeyOfAnotherAuthoritySignsNothing(t *testing.T) {
	one, other := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "other")
	makeCA(t, one, "city.example")
	makeCA(t, other, "city.example")
	key, err := os.ReadFile(filepath.Join(other, authorityKeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(one, authorityKeyFile), key, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := runCA(t.Context(), []string{"--dir", one, "city.example"}, &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), authorityKeyFile) {
		t.Errorf("%v", err)
	}
}

func TestDoctor_SaysWhenACertificateEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ca")
	makeCA(t, dir, "city.example", "10.0.0.5")
	cfg := Config{TLS: TLSConfig{Certificate: filepath.Join(dir, serverFile), Key: filepath.Join(dir, serverKeyFile), Authority: filepath.Join(dir, authorityFile)}}
	for _, tt := range []struct {
		days int
		want state
	}{{0, well}, {800, note}, {821, fail}} {
		var c checkup
		c.certificate(cfg, time.Now().AddDate(0, 0, tt.days))
		if f := c.named("https"); f.State != tt.want || !strings.Contains(f.Says, "city.example, 10.0.0.5") {
			t.Errorf("after %d days: %+v", tt.days, f)
		}
	}
	cfg.TLS.Authority = cfg.TLS.Certificate
	var c checkup
	if c.certificate(cfg, time.Now()); c.named("https").State != fail {
		t.Errorf("a certificate that signs nothing passes for an authority: %+v", c.Findings)
	}
}
