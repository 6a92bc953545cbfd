package alerts

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func login(t *testing.T, people *People, username, password string) (token string) {
	t.Helper()
	token, person, err := people.Login(t.Context(), username, password)
	if err != nil {
		t.Fatal(err)
	}
	if person.Username != username || len(token) != 43 {
		t.Fatalf("login of %q gave %+v and a token of %d characters", username, person, len(token))
	}
	return token
}

func TestSession_KnowsItsPerson(t *testing.T) {
	people, pool := openPeople(t)
	wang := create(t, people, "wang", Officer)
	first, second := login(t, people, "wang", testPassword), login(t, people, "wang", testPassword)
	if first == second {
		t.Fatal("two sessions have one token")
	}
	if person, err := people.Session(t.Context(), first); err != nil || person != wang {
		t.Fatalf("session of %+v (%v)", person, err)
	}

	var hash []byte
	if err := pool.QueryRow(t.Context(), `SELECT token_hash FROM sessions LIMIT 1`).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	if len(hash) != 32 || bytes.Contains(hash, []byte(first[:8])) {
		t.Fatalf("the database keeps %x", hash)
	}
}

func TestSession_LoginSaysNothingOfWhatIsWrong(t *testing.T) {
	people, _ := openPeople(t)
	create(t, people, "wang", Officer)
	for name, try := range map[string][2]string{
		"wrong password": {"wang", "incorrect horse"},
		"unknown person": {"wong", testPassword},
		"empty":          {"", ""},
		"zero byte":      {"wang\x00", testPassword},
		"not text":       {"wang\xff", testPassword},
	} {
		token, person, err := people.Login(t.Context(), try[0], try[1])
		if !errors.Is(err, ErrBadLogin) || token != "" || person != (Person{}) {
			t.Errorf("%s: %q, %+v, %v", name, token, person, err)
		}
	}
}

func TestSession_Ends(t *testing.T) {
	tests := []struct {
		name string
		age  string // What happens to the session's row.
	}{
		{"idle for twelve hours", `UPDATE sessions SET seen_at = now() - interval '12 hours 1 second' WHERE token_hash = $1`},
		{"seven days old", `UPDATE sessions SET expires_at = expires_at - interval '7 days' WHERE token_hash = $1`},
		{"person deactivated", `UPDATE people SET active = false WHERE id = (SELECT person FROM sessions WHERE token_hash = $1)`},
		{"signed out", `DELETE FROM sessions WHERE token_hash = $1`},
	}
	people, pool := openPeople(t)
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			username := string(rune('a' + i))
			create(t, people, username, Operator)
			ended := login(t, people, username, testPassword)
			create(t, people, username+"-stays", Operator)
			stays := login(t, people, username+"-stays", testPassword)
			if _, err := pool.Exec(t.Context(), test.age, tokenHash(ended)); err != nil {
				t.Fatal(err)
			}

			if _, err := people.Session(t.Context(), ended); !errors.Is(err, ErrSignedOut) {
				t.Errorf("session: %v", err)
			}
			got, err := people.Ended(t.Context(), []string{ended, stays, "never was"})
			slices.Sort(got)
			want := []string{ended, "never was"}
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("ended %q (%v); want %q", got, err, want)
			}
		})
	}
}

func TestSession_LivesAsLongAsItIsUsed(t *testing.T) {
	people, pool := openPeople(t)
	create(t, people, "wang", Officer)
	token := login(t, people, "wang", testPassword)
	idle := func(hours string) {
		t.Helper()
		if _, err := pool.Exec(t.Context(), `UPDATE sessions SET seen_at = seen_at - $1::interval`, hours); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 { // A day and more, eleven hours at a time.
		idle("11 hours")
		if _, err := people.Session(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	// A look from the side keeps nothing alive.
	idle("11 hours")
	if ended, err := people.Ended(t.Context(), []string{token}); err != nil || len(ended) > 0 {
		t.Fatalf("ended %q (%v)", ended, err)
	}
	idle("2 hours")
	if _, err := people.Session(t.Context(), token); !errors.Is(err, ErrSignedOut) {
		t.Fatalf("session after thirteen idle hours: %v", err)
	}
}

func TestSession_LoginClearsAwayWhatEnded(t *testing.T) {
	people, pool := openPeople(t)
	create(t, people, "wang", Officer)
	login(t, people, "wang", testPassword)
	if _, err := pool.Exec(t.Context(), `UPDATE sessions SET expires_at = now()`); err != nil {
		t.Fatal(err)
	}
	login(t, people, "wang", testPassword)
	var rows int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM sessions`).Scan(&rows); err != nil || rows != 1 {
		t.Fatalf("%d sessions (%v)", rows, err)
	}
}

func TestSession_LogoutEndsOnlyItself(t *testing.T) {
	people, _ := openPeople(t)
	create(t, people, "wang", Officer)
	phone, desk := login(t, people, "wang", testPassword), login(t, people, "wang", testPassword)
	for range 2 { // Again changes nothing.
		if err := people.Logout(t.Context(), phone); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := people.Session(t.Context(), phone); !errors.Is(err, ErrSignedOut) {
		t.Errorf("the ended one: %v", err)
	}
	if _, err := people.Session(t.Context(), desk); err != nil {
		t.Errorf("the other: %v", err)
	}
}
