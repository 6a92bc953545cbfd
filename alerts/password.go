package alerts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of one password: 19 MiB and two passes, some 40 ms of one core.
const (
	argonMemoryKiB = 19 * 1024
	argonPasses    = 2
	argonLanes     = 1
	saltBytes      = 16
	keyBytes       = 32
)

var errPasswordHash = errors.New("alerts: not an argon2id hash")

// argonHash is one password hash with the parameters that it was made with, so that older ones verify after the
// parameters were raised.
type argonHash struct {
	memoryKiB uint32
	passes    uint32
	lanes     uint8
	salt      []byte
	key       []byte
}

// hasher hashes a bounded number of passwords at once: each takes 19 MiB, and a flood of logins may not take the
// memory of the cameras.
type hasher struct {
	slots chan struct{}
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
}

// hash makes the PHC string of password with a new salt.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	a := argonHash{memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes, salt: make([]byte, saltBytes)}
	rand.Read(a.salt) // Never fails.
	key, err := h.key(ctx, a, password)
	if err != nil {
		return "", err
	}
	a.key = key
	return a.String(), nil
}

// verify reports whether phc was made from password, in a time that does not depend on where they differ.
func (h *hasher) verify(ctx context.Context, phc, password string) (bool, error) {
	a, err := parseArgonHash(phc)
	if err != nil {
		return false, err
	}
	key, err := h.key(ctx, a, password)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(key, a.key) == 1, nil
}

func (h *hasher) key(ctx context.Context, a argonHash, password string) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey([]byte(password), a.salt, a.passes, a.memoryKiB, a.lanes, keyBytes), nil
}

// decoyHash is what an unknown user's password is held against, so that the answer takes as long as a known user's.
func decoyHash() string {
	return argonHash{
		memoryKiB: argonMemoryKiB, passes: argonPasses, lanes: argonLanes,
		salt: make([]byte, saltBytes), key: make([]byte, keyBytes),
	}.String()
}

// String is the hash in PHC form.
func (a argonHash) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, a.memoryKiB, a.passes, a.lanes, b64.EncodeToString(a.salt), b64.EncodeToString(a.key))
}

// parseArgonHash reads a PHC string. Parameters beyond anything this program would choose are refused, because a row
// of the database must not make it take gigabytes.
func parseArgonHash(phc string) (argonHash, error) {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return argonHash{}, errPasswordHash
	}
	var a argonHash
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &a.memoryKiB, &a.passes, &a.lanes); err != nil {
		return argonHash{}, errPasswordHash
	}
	if parts[3] != fmt.Sprintf("m=%d,t=%d,p=%d", a.memoryKiB, a.passes, a.lanes) {
		return argonHash{}, errPasswordHash
	}
	if a.memoryKiB < 8 || a.memoryKiB > 256*1024 || a.passes < 1 || a.passes > 16 || a.lanes < 1 || a.lanes > 8 {
		return argonHash{}, errPasswordHash
	}
	var err error
	if a.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil || len(a.salt) < 8 || len(a.salt) > 64 {
		return argonHash{}, errPasswordHash
	}
	if a.key, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil || len(a.key) != keyBytes {
		return argonHash{}, errPasswordHash
	}
	return a, nil
}
