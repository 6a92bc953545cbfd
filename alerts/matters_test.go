package alerts

import (
	"strings"
	"testing"

	"gridwatch/configs"
)

func TestLoadMatters_TheShippedCatalogue(t *testing.T) {
	m, err := LoadMatters(configs.Read("matters.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]struct{ name, rule string }{
		"09012": {"占用消防通道", "fire_lane"},
		"09006": {"占道经营", "vending"},
		"09001": {"无照经营游商", "vending"},
		"06011": {"积存垃圾渣土", "debris"},
	} {
		got, ok := m.Find(code)
		if !ok || got.Name != want.name || got.Rule != want.rule || got.NameEn == "" || got.Source != Secondary {
			t.Errorf("%s is %+v, want %+v from a secondary source", code, got, want)
		}
	}
	if got, ok := m.Find("99999"); ok || got.Name != "99999" {
		t.Errorf("an unknown code is %+v, %v", got, ok)
	}
}

func TestLoadMatters_RefusesAndSaysWhy(t *testing.T) {
	const good = `{code: "09012", name: 占用消防通道, name_en: Fire lane occupied, standard: GB/T 47678.5-2026, source: secondary}`
	if _, err := LoadMatters([]byte("matters: [" + good + "]")); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, text, want string }{
		{"nothing", "", "must not be empty"},
		{"empty list", "matters: []", "must not be empty"},
		{"not YAML", "matters: [", "matters"},
		{"not a list", "matters: 5", "cannot unmarshal"},
		{"unknown key at the top", "matters: [" + good + "]\nextra: 1", "extra"},
		{"unknown key", "matters: [" + strings.Replace(good, "name:", "nme:", 1) + "]", "nme"},
		{"code without quotes", "matters: [" + strings.Replace(good, `"09012"`, "9012", 1) + "]", "quotes"},
		{"code twice", "matters: [" + good + "," + good + "]", "twice"},
		{"no English name", "matters: [" + strings.Replace(good, "name_en: Fire lane occupied, ", "", 1) + "]", "name_en"},
		{"no standard", "matters: [" + strings.Replace(good, "GB/T 47678.5-2026", "''", 1) + "]", "standard"},
		{"unknown grade", "matters: [" + strings.Replace(good, "secondary", "hearsay", 1) + "]", "hearsay"},
		{"two documents", "matters: [" + good + "]\n---\nmatters: []", "one document"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := LoadMatters([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func FuzzLoadMatters(f *testing.F) {
	f.Add(configs.Read("matters.yaml"))
	f.Add([]byte("matters: [{code: 1, name: !!binary x}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := LoadMatters(data)
		if err != nil {
			return
		}
		for _, matter := range m.All() {
			if found, ok := m.Find(matter.Code); !ok || found != matter || matter.Validate() != nil {
				t.Errorf("%+v was accepted and is found as %+v", matter, found)
			}
		}
	})
}
