package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"gridwatch/geo"
)

// TLSConfig says how people reach the pages over HTTPS. Empty serves plain HTTP.
type TLSConfig struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	Authority   string `yaml:"authority"`
	Plain       string `yaml:"plain"`
}

func (t TLSConfig) on() bool { return t.Certificate != "" }

func (t TLSConfig) validate() error {
	switch {
	case (t.Certificate == "") != (t.Key == ""):
		return geo.Invalid("tls", "certificate and key go together")
	case !t.on() && (t.Authority != "" || t.Plain != ""):
		return geo.Invalid("tls.certificate", "must be set where authority or plain is")
	case t.Plain != "":
		if _, _, err := net.SplitHostPort(t.Plain); err != nil {
			return geo.Invalid("tls.plain", "must be host:port, as 0.0.0.0:80 (got %q)", t.Plain)
		}
	}
	return nil
}

// authority is the certificate that phones are to trust, or nil.
func (t TLSConfig) authority() (*x509.Certificate, error) {
	if t.Authority == "" {
		return nil, nil
	}
	certificate, err := readCertificate(t.Authority)
	if err != nil {
		return nil, fmt.Errorf("tls.authority: %w", err)
	}
	if !certificate.IsCA {
		return nil, geo.Invalid("tls.authority", "%s is the certificate of no authority", t.Authority)
	}
	return certificate, nil
}

// keyPair is the service's certificate, read again when its file is replaced: a renewal needs no restart. It is safe for
// many goroutines.
type keyPair struct {
	config TLSConfig
	log    *slog.Logger

	mu      sync.Mutex
	looked  time.Time
	written time.Time
	pair    *tls.Certificate
}

// openKeyPair returns nil without tls.
func openKeyPair(config TLSConfig, log *slog.Logger) (*keyPair, error) {
	if !config.on() {
		return nil, nil
	}
	k := &keyPair{config: config, log: log}
	if err := k.read(); err != nil {
		return nil, fmt.Errorf("tls: %w", err)
	}
	return k, nil
}

func (k *keyPair) read() error {
	info, err := os.Stat(k.config.Certificate)
	if err != nil {
		return err
	}
	if k.pair != nil && info.ModTime().Equal(k.written) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(k.config.Certificate, k.config.Key)
	if err != nil {
		return err
	}
	k.pair, k.written = &pair, info.ModTime()
	return nil
}

// lookEvery is how long a certificate that was replaced may still be shown.
const lookEvery = 10 * time.Second

// certificate is what a handshake shows. A file that cannot be read leaves the last one in use.
func (k *keyPair) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if now := time.Now(); now.Sub(k.looked) >= lookEvery {
		k.looked = now
		if err := k.read(); err != nil {
			k.log.Warn("the new certificate cannot be used", "err", err)
		}
	}
	return k.pair, nil
}
