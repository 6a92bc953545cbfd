package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"gridwatch/alerts"
	"gridwatch/geo"
)

// runUser adds a person. The password is read from standard input, or made at random and printed.
func runUser(ctx context.Context, args []string, out io.Writer) error {
	if len(args) < 2 || args[0] != "add" {
		return fmt.Errorf("usage: gridwatch user add USERNAME --role operator|officer|planner|administrator --name NAME")
	}
	flags := flag.NewFlagSet("user add", flag.ContinueOnError)
	config := flags.String("config", "", "configuration `FILE`")
	role := flags.String("role", "", "the `ROLE`: operator, officer, planner or administrator")
	name := flags.String("name", "", "the person's `NAME` as screens show it")
	ask := flags.Bool("password-stdin", false, "read the password from standard input instead of making one")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	cfg, err := loadWithDatabase(*config)
	if err != nil {
		return err
	}
	password := randomPassword()
	if *ask {
		line, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if err != nil && err != io.EOF {
			return fmt.Errorf("password: %w", err)
		}
		password = strings.TrimRight(line, "\r\n")
	}
	pool, err := geo.Open(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	person := alerts.Person{Username: args[1], Name: *name, Role: alerts.Role(*role)}
	if _, err := alerts.NewPeople(pool).Create(ctx, person, password); err != nil {
		return err
	}
	fmt.Fprintf(out, "added %s\n", person.Username)
	if !*ask {
		fmt.Fprintf(out, "password: %s\n", password)
	}
	return nil
}

// randomPassword is 96 random bits in letters that are hard to mix up.
func randomPassword() string { return strings.ToLower(rand.Text()[:20]) }
