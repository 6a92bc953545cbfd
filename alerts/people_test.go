package alerts

import (
	"errors"
	"strings"
	"testing"

	"gridwatch/geo"
	"gridwatch/migrations/dbtest"

	"github.com/jackc/pgx/v5/pgxpool"
)

const testPassword = "correct horse"

// openPeople returns accounts in an empty database.
func openPeople(t *testing.T) (*People, *pgxpool.Pool) {
	t.Helper()
	pool, err := geo.Open(t.Context(), dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return NewPeople(pool), pool
}

func create(t *testing.T, people *People, username string, role Role) Person {
	t.Helper()
	person, err := people.Create(t.Context(), Person{Username: username, Name: "王队", Role: role}, testPassword)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func TestPeople_Create(t *testing.T) {
	people, pool := openPeople(t)
	wang := create(t, people, "wang", Officer)

	found, err := people.Person(t.Context(), "wang")
	if err != nil || found != wang || wang.ID == 0 {
		t.Fatalf("created %+v, found %+v (%v)", wang, found, err)
	}
	var stored string
	if err := pool.QueryRow(t.Context(), `SELECT password FROM people WHERE id = $1`, wang.ID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(stored, testPassword) || !strings.HasPrefix(stored, "$argon2id$") {
		t.Fatalf("password is stored as %q", stored)
	}
	if _, err := people.Person(t.Context(), "nobody"); !errors.Is(err, geo.ErrNotFound) {
		t.Fatalf("unknown person: %v", err)
	}
}

func TestPeople_CreateRefuses(t *testing.T) {
	people, _ := openPeople(t)
	create(t, people, "taken", Operator)
	good := Person{Username: "li.si", Name: "李四", Role: Officer}
	tests := []struct {
		name     string
		change   func(*Person)
		password string
		field    string
	}{
		{"no username", func(p *Person) { p.Username = "" }, testPassword, "username"},
		{"capital letters", func(p *Person) { p.Username = "Li" }, testPassword, "username"},
		{"line end after username", func(p *Person) { p.Username = "li\n" }, testPassword, "username"},
		{"username too long", func(p *Person) { p.Username = strings.Repeat("a", 65) }, testPassword, "username"},
		{"username taken", func(p *Person) { p.Username = "taken" }, testPassword, "username"},
		{"blank name", func(p *Person) { p.Name = "  " }, testPassword, "name"},
		{"name too long", func(p *Person) { p.Name = strings.Repeat("长", 65) }, testPassword, "name"},
		{"unknown role", func(p *Person) { p.Role = "mayor" }, testPassword, "role"},
		{"short password", func(*Person) {}, "1234567", "password"},
		{"seven characters of three bytes", func(*Person) {}, "占道经营七个字", "password"},
		{"endless password", func(*Person) {}, strings.Repeat("x", 257), "password"},
		{"password is the username", func(p *Person) { p.Username = "zhangsan" }, "ZhangSan", "password"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			person := good
			test.change(&person)
			_, err := people.Create(t.Context(), person, test.password)
			var invalid *geo.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != test.field {
				t.Fatalf("error %v; want one of field %q", err, test.field)
			}
			if strings.Contains(err.Error(), test.password) {
				t.Fatalf("error %q repeats the password", err)
			}
		})
	}
}

func TestPeople_SetPasswordEndsSessions(t *testing.T) {
	people, _ := openPeople(t)
	create(t, people, "wang", Officer)
	token := login(t, people, "wang", testPassword)

	if err := people.SetPassword(t.Context(), "wang", "another one"); err != nil {
		t.Fatal(err)
	}
	if _, err := people.Session(t.Context(), token); !errors.Is(err, ErrSignedOut) {
		t.Errorf("old session: %v", err)
	}
	if _, _, err := people.Login(t.Context(), "wang", testPassword); !errors.Is(err, ErrBadLogin) {
		t.Errorf("old password: %v", err)
	}
	login(t, people, "wang", "another one")
	if err := people.SetPassword(t.Context(), "nobody", "another one"); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("password of nobody: %v", err)
	}
}

func TestPeople_DeactivateEndsSessions(t *testing.T) {
	people, _ := openPeople(t)
	create(t, people, "wang", Officer)
	create(t, people, "li", Officer)
	gone, stays := login(t, people, "wang", testPassword), login(t, people, "li", testPassword)

	if err := people.Deactivate(t.Context(), "wang"); err != nil {
		t.Fatal(err)
	}
	if _, err := people.Session(t.Context(), gone); !errors.Is(err, ErrSignedOut) {
		t.Errorf("session of the deactivated: %v", err)
	}
	if _, err := people.Session(t.Context(), stays); err != nil {
		t.Errorf("session of another: %v", err)
	}
	if _, _, err := people.Login(t.Context(), "wang", testPassword); !errors.Is(err, ErrBadLogin) {
		t.Errorf("login of the deactivated: %v", err)
	}
}
