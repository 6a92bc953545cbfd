package alerts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrOtherRequest says that a person asked something else with the same key before.
var ErrOtherRequest = errors.New("alerts: the key was used for another request")

// Answered is what a request was answered.
type Answered struct {
	Status      int
	ContentType string
	Body        []byte
}

// Repeats remember what people asked with a key, so that a repeat changes nothing and gets the first answer.
type Repeats struct{ pool *pgxpool.Pool }

// NewRepeats returns the memory in pool's database.
func NewRepeats(pool *pgxpool.Pool) *Repeats { return &Repeats{pool} }

const (
	// repeatsKept is how long an answer is remembered: longer than a phone lies in a cellar.
	repeatsKept = 7 * 24 * time.Hour
	// givenUp is after how long a request that was not answered is taken for lost with its process.
	givenUp = 30 * time.Second
	// repeatPoll is how often somebody looks who waits for the first of two that came at once.
	repeatPoll = 50 * time.Millisecond
)

// Begin returns the first answer to a request, or nil where the caller is to answer it now, and to say End or Forget. Of
// two that come at once the second waits for the first.
func (r *Repeats) Begin(ctx context.Context, person int64, key string, request []byte) (*Answered, error) {
	for {
		first, answer, err := r.begin(ctx, person, key, request)
		if err != nil || first || answer != nil {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(repeatPoll):
		}
	}
}

func (r *Repeats) begin(ctx context.Context, person int64, key string, request []byte) (first bool, answer *Answered, err error) {
	err = pgx.BeginFunc(ctx, r.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM repeatable_requests
			WHERE at < now() - $1::interval OR status IS NULL AND at < now() - $2::interval`, repeatsKept, givenUp); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `INSERT INTO repeatable_requests (person, key, request) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			person, key, request)
		if first = tag.RowsAffected() > 0; err != nil || first {
			return err
		}
		var before []byte
		var status *int
		var a Answered
		err = tx.QueryRow(ctx, `SELECT request, status, content_type, body FROM repeatable_requests WHERE person = $1 AND key = $2`,
			person, key).Scan(&before, &status, &a.ContentType, &a.Body)
		switch {
		case errors.Is(err, pgx.ErrNoRows): // It was forgotten meanwhile.
			return nil
		case err != nil:
			return err
		case !bytes.Equal(before, request):
			return ErrOtherRequest
		case status != nil:
			a.Status, answer = *status, &a
		}
		return nil
	})
	if err != nil {
		return false, nil, fmt.Errorf("repeatable request: %w", err)
	}
	return first, answer, nil
}

// End remembers the answer.
func (r *Repeats) End(ctx context.Context, person int64, key string, a Answered) error {
	if a.Body == nil {
		a.Body = []byte{} // NULL is not empty.
	}
	_, err := r.pool.Exec(ctx, `UPDATE repeatable_requests SET status = $3, content_type = $4, body = $5 WHERE person = $1 AND key = $2`,
		person, key, a.Status, a.ContentType, a.Body)
	if err != nil {
		return fmt.Errorf("remember an answer: %w", err)
	}
	return nil
}

// Forget lets a request that failed here be tried again.
func (r *Repeats) Forget(ctx context.Context, person int64, key string) error {
	_, err := r.pool.Exec(ctx, `DELETE FROM repeatable_requests WHERE person = $1 AND key = $2`, person, key)
	if err != nil {
		return fmt.Errorf("forget a request: %w", err)
	}
	return nil
}
