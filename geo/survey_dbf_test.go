package geo

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func FuzzParseDBF(f *testing.F) {
	dir := f.TempDir()
	in := filepath.Join(dir, "a.csv")
	if err := os.WriteFile(in, []byte("code,name\n370305001001001,辛东社区\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	if said, err := exec.Command("ogr2ogr", "-f", "ESRI Shapefile", "-lco", "ENCODING=GBK", filepath.Join(dir, "a.dbf"), in).CombinedOutput(); err != nil {
		f.Fatalf("%v: %s", err, said)
	}
	table, err := os.ReadFile(filepath.Join(dir, "a.dbf"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(table)
	f.Add(table[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := parseDBF(data)
		var invalid *InvalidError
		if err != nil {
			if !errors.As(err, &invalid) {
				t.Fatalf("%v does not say what to mend", err)
			}
			return
		}
		for _, encoding := range []string{utf8Name, gbkName} {
			if err := table.check(encoding); table.plain() && err != nil {
				t.Fatalf("plain text is not %s: %v", encoding, err)
			}
		}
	})
}
