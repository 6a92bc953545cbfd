package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gridwatch/geo"
)

// The files of a private authority. Its key signs certificates and nothing else; serve never reads it.
const (
	authorityFile    = "authority.crt"
	authorityKeyFile = "authority.key"
	serverFile       = "server.crt"
	serverKeyFile    = "server.key"
)

const (
	authorityYears = 10
	// serverDays is how long a certificate holds: phones of Apple take none from a private authority for longer than 825
	// days (support.apple.com/en-us/HT210176).
	serverDays = 820
)

// runCA makes a private certificate authority, once, and a certificate for the names and addresses given, each time.
// Phones that trust the authority then reach the pages over HTTPS in a network that has no public one.
func runCA(_ context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("ca", flag.ContinueOnError)
	dir := flags.String("dir", "var/gridwatch/ca", "`FOLDER` of the authority")
	hosts, err := parseMixed(flags, args)
	if err != nil {
		return err
	}
	if len(hosts) == 0 {
		return errors.New("usage: gridwatch ca HOST… [--dir FOLDER]: the names and addresses by which phones reach the service")
	}
	for i, host := range hosts {
		if err := checkHost(host); err != nil {
			return geo.Invalid(fmt.Sprintf("HOST %d", i+1), "%s", err)
		}
	}
	authority, made, err := openAuthority(*dir, time.Now())
	if err != nil {
		return err
	}
	leaf, err := authority.issue(*dir, hosts, time.Now())
	if err != nil {
		return err
	}
	word := "used"
	if made {
		word = "made"
	}
	fmt.Fprintf(out, "authority    %s %s, until %s\nSHA-256      %s\n", word, filepath.Join(*dir, authorityFile),
		authority.certificate.NotAfter.Format(time.DateOnly), fingerprint(authority.certificate))
	fmt.Fprintf(out, "certificate  made %s for %s, until %s\n\n", filepath.Join(*dir, serverFile), strings.Join(hosts, ", "), leaf.NotAfter.Format(time.DateOnly))
	fmt.Fprintf(out, "In the configuration:\n\ntls:\n  certificate: %s\n  key: %s\n  authority: %s\n  plain: 0.0.0.0:80    # Tells phones at http://%s/trust/ how to trust it.\n\n",
		filepath.Join(*dir, serverFile), filepath.Join(*dir, serverKeyFile), filepath.Join(*dir, authorityFile), hosts[0])
	fmt.Fprintf(out, "Whoever has %s can pass for any site to every phone that trusts it: keep it off this machine.\n", filepath.Join(*dir, authorityKeyFile))
	return nil
}

// checkHost takes IP addresses and names as RFC 1123 has them, with at most one star in front.
func checkHost(host string) error {
	if net.ParseIP(host) != nil {
		return nil
	}
	labels := strings.Split(strings.TrimPrefix(host, "*."), ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return fmt.Errorf("must be a host name or an IP address without port (got %q)", host)
		}
	}
	return nil
}

// authority signs certificates.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// openAuthority reads the authority of a folder, or makes one there.
func openAuthority(dir string, now time.Time) (a authority, made bool, err error) {
	certificate, err := readCertificate(filepath.Join(dir, authorityFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a, err = newAuthority(dir, now)
		return a, true, err
	case err != nil:
		return authority{}, false, err
	}
	path := filepath.Join(dir, authorityKeyFile)
	key, err := readKey(path)
	if err != nil {
		return authority{}, false, fmt.Errorf("the authority's key: %w", err)
	}
	if public, ok := certificate.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(key.Public()) {
		return authority{}, false, fmt.Errorf("%s is not the key of %s", path, authorityFile)
	}
	if now.After(certificate.NotAfter) {
		return authority{}, false, fmt.Errorf("%s ended on %s: move it away, and a new one is made, which every phone must trust again",
			filepath.Join(dir, authorityFile), certificate.NotAfter.Format(time.DateOnly))
	}
	return authority{certificate, key}, false, nil
}

func newAuthority(dir string, now time.Time) (authority, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return authority{}, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return authority{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Gridwatch"}, CommonName: "Gridwatch 网格哨 " + now.Format("2006-01-02")},
		NotBefore:             now.Add(-time.Hour), // Clocks differ.
		NotAfter:              now.AddDate(authorityYears, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a := authority{template, key}
	if a.certificate, err = a.sign(template, &key.PublicKey); err != nil {
		return authority{}, err
	}
	return a, writePair(dir, authorityFile, authorityKeyFile, key, a.certificate)
}

// issue makes the certificate of the service.
func (a authority) issue(dir string, hosts []string, now time.Time) (*x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Gridwatch"}, CommonName: hosts[0]},
		NotBefore:   now.Add(-time.Hour),
		NotAfter:    now.AddDate(0, 0, serverDays),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if template.NotAfter.After(a.certificate.NotAfter) {
		template.NotAfter = a.certificate.NotAfter
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	leaf, err := a.sign(template, &key.PublicKey)
	if err != nil {
		return nil, err
	}
	return leaf, writePair(dir, serverFile, serverKeyFile, key, leaf, a.certificate)
}

func (a authority) sign(template *x509.Certificate, public *ecdsa.PublicKey) (*x509.Certificate, error) {
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, public, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// writePair writes a key that only its owner reads, then the certificates that go with it. Each file is whole or as it was.
func writePair(dir, file, keyFile string, key *ecdsa.PrivateKey, chain ...*x509.Certificate) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	var certificates []byte
	for _, c := range chain {
		certificates = append(certificates, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
	}
	return errors.Join(
		replaceFile(filepath.Join(dir, keyFile), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600),
		replaceFile(filepath.Join(dir, file), certificates, 0o644))
}

func replaceFile(path string, data []byte, mode fs.FileMode) error {
	if err := os.WriteFile(path+".new", data, mode); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// readCertificate reads the first certificate of a PEM file.
func readCertificate(path string) (*x509.Certificate, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, fmt.Errorf("%s is not a certificate in PEM", path)
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return certificate, nil
}

func readKey(path string) (crypto.Signer, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s is not a key in PEM", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s is not a key that signs", path)
	}
	return signer, nil
}

// fingerprint is the SHA-256 of a certificate, as phones show it.
func fingerprint(c *x509.Certificate) string {
	return strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(c.Raw)), " ", ":")
}
