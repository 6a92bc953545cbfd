package alerts

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestPassword_VerifiesOnlyItself(t *testing.T) {
	ctx := t.Context()
	h := newHasher()
	phc, err := h.hash(ctx, "占道经营 8 字")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("hash %q does not name its algorithm and cost", phc)
	}
	again, err := h.hash(ctx, "占道经营 8 字")
	if err != nil {
		t.Fatal(err)
	}
	if again == phc {
		t.Fatal("two hashes of one password have one salt")
	}
	for password, want := range map[string]bool{"占道经营 8 字": true, "占道经营 8 ": false, "": false, "占道经营 8 字 ": false} {
		got, err := h.verify(ctx, phc, password)
		if err != nil || got != want {
			t.Errorf("verify %q: %v, %v; want %v", password, got, err, want)
		}
	}
}

func TestPassword_DecoyIsVerifiedLikeAnyOther(t *testing.T) {
	ok, err := newHasher().verify(t.Context(), decoyHash(), "anything")
	if ok || err != nil {
		t.Fatalf("decoy verified: %v, %v", ok, err)
	}
}

func TestPassword_RefusesHashesOfOtherForms(t *testing.T) {
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"
	if _, err := parseArgonHash("$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key); err != nil {
		t.Fatalf("a good hash is refused: %v", err)
	}
	for name, phc := range map[string]string{
		"empty":          "",
		"plain text":     "secret",
		"bcrypt":         "$2a$10$abcdefghijklmnopqrstuv",
		"argon2i":        "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key,
		"older version":  "$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"gigabytes":      "$argon2id$v=19$m=4294967295,t=2,p=1$" + salt + "$" + key,
		"many passes":    "$argon2id$v=19$m=19456,t=4000000000,p=1$" + salt + "$" + key,
		"no lanes":       "$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key,
		"more after":     "$argon2id$v=19$m=19456,t=2,p=1,x=1$" + salt + "$" + key,
		"short salt":     "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$" + key,
		"short key":      "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$MDEy",
		"padded":         "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "==$" + key,
		"one part more":  "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$" + key + "$",
		"sign in number": "$argon2id$v=19$m=+19456,t=2,p=1$" + salt + "$" + key,
	} {
		if _, err := parseArgonHash(phc); !errors.Is(err, errPasswordHash) {
			t.Errorf("%s: %q gives %v", name, phc, err)
		}
	}
}

func TestPassword_WaitsForASlotOnlyWhileAsked(t *testing.T) {
	h := newHasher()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.hash(ctx, "password"); !errors.Is(err, context.Canceled) {
		t.Fatalf("hash with no free slot: %v", err)
	}
}

func FuzzParseArgonHash(f *testing.F) {
	f.Add(decoyHash())
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAA$AA")
	f.Fuzz(func(t *testing.T, phc string) {
		a, err := parseArgonHash(phc)
		if err != nil {
			return
		}
		if a.memoryKiB > 256*1024 || a.passes > 16 || a.lanes == 0 {
			t.Fatalf("%q costs too much", phc)
		}
		if a.String() != phc {
			t.Fatalf("%q is read as %q", phc, a.String())
		}
	})
}
