package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Load returns what was saved under key; nil when nothing was.
func (b *Bus) Load(ctx context.Context, key string) ([]byte, error) {
	if key == "" {
		return nil, errors.New("bus: state: key must not be empty")
	}
	entry, err := b.state.Get(ctx, token(key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bus: state of %q: %w", key, err)
	}
	return entry.Value(), nil
}

// Save keeps data under key, on the disk when it returns. It replaces what was there.
func (b *Bus) Save(ctx context.Context, key string, data []byte) error {
	if key == "" {
		return errors.New("bus: state: key must not be empty")
	}
	if _, err := b.state.Put(ctx, token(key), data); err != nil {
		return fmt.Errorf("bus: state of %q: %w", key, err)
	}
	return nil
}

// token writes any text as one token of a subject: letters, digits, "-" and "_" stand for themselves, every other byte
// is "=" and two digits. Different texts give different tokens.
func token(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}
