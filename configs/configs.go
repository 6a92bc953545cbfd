// Package configs carries the shipped configuration inside the binary: the rules, the national codes of matters, every
// key of the program with its default, and the demonstration city.
package configs

import "embed"

// Files holds gridwatch.yaml, rules.yaml, matters.yaml and demo/.
//
//go:embed *.yaml demo
var Files embed.FS

// Read returns one shipped file. A missing name is a bug in this program.
func Read(name string) []byte {
	text, err := Files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return text
}
