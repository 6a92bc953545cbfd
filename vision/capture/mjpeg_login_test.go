package capture

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"gridwatch/vision"
)

// The examples of RFC 7616, section 3.9.1, and of RFC 2617, section 3.5.
func TestDigest_AnswersLikeTheStandardsExamples(t *testing.T) {
	const nonce7616, cnonce7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
	for _, c := range []struct{ name, demand, cnonce, password, want string }{
		{"MD5", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="` + nonce7616 + `"`,
			cnonce7616, "Circle of Life", "8ca523f5e9506fed4657c9700eebdbec"},
		{"SHA-256", `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=SHA-256, nonce="` + nonce7616 + `"`,
			cnonce7616, "Circle of Life", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"},
		{"no algorithm named", `Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`,
			"0a4f113b", "Circle Of Life", "6629fae49393a05397450978507c4ef1"},
		{"no qop, as RFC 2069 had it", `Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"`,
			"", "Circle Of Life", "670fd8c2df070c60b045671b8b24ff02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDigest(challenges(c.demand)[0])
			d.count = 1
			got := d.answerWith(c.cnonce, "Mufasa", c.password, "GET", "/dir/index.html")
			if !strings.Contains(got, `response="`+c.want+`"`) {
				t.Errorf("got %s, want response %s", got, c.want)
			}
		})
	}
}

func TestChallenges_ReadsSeveralInOneHeader(t *testing.T) {
	got := challenges(`Basic realm="a, b", Digest realm="say \"hi\"",nonce = abc , stale=FALSE,Negotiate`)
	want := []challenge{
		{"Basic", map[string]string{"realm": "a, b"}},
		{"Digest", map[string]string{"realm": `say "hi"`, "nonce": "abc", "stale": "FALSE"}},
		{"Negotiate", map[string]string{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// digestCamera takes one user, with Digest by MD5 and a nonce that is good for so many pictures.
func digestCamera(t *testing.T, user, password string, uses int, seen *[]string) (url string) {
	picture := plainJPEG(t, 32, 24, 90)
	nonce, used := 0, uses
	sum := func(text string) string {
		h := md5.Sum([]byte(text))
		return hex.EncodeToString(h[:])
	}
	return camera(t, func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, r.Header.Get("Authorization"))
		var p map[string]string
		if all := challenges(r.Header.Get("Authorization")); len(all) == 1 && all[0].scheme == "Digest" {
			p = all[0].params
		}
		a1, a2 := sum(user+":cam:"+password), sum("GET:"+r.URL.RequestURI())
		good := sum(strings.Join([]string{a1, p["nonce"], p["nc"], p["cnonce"], "auth", a2}, ":"))
		if p["response"] != good || p["nonce"] != fmt.Sprint(nonce) || used == uses {
			nonce++
			used = 0
			w.Header().Add("WWW-Authenticate", `Basic realm="cam"`)
			w.Header().Add("WWW-Authenticate", fmt.Sprintf(`Digest realm="cam", nonce="%d", qop="auth", opaque="o"`, nonce))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		used++
		w.Header().Set("Content-Type", "image/jpeg")
		w.Write(picture)
	})
}

func TestHTTP_DigestLogin(t *testing.T) {
	var seen []string
	url := digestCamera(t, "admin", "s3 cret", 2, &seen)
	source := open(t, vision.Camera{FPS: 50, Source: vision.Source{URL: strings.Replace(url, "://", "://admin:s3%20cret@", 1) + "/snap.jpg?w=1"}}, Options{})
	for range 5 {
		next(t, source)
	}
	if seen[0] != "" {
		t.Errorf("the first request said %q unasked", seen[0])
	}
	for _, header := range seen {
		if strings.Contains(header, "Basic") {
			t.Errorf("the password went out in clear: %q", header)
		}
	}
	if len(seen) != 8 { // Five pictures, and a demand for each of the three nonces.
		t.Errorf("%d requests: %q", len(seen), seen)
	}
}

func TestHTTP_WrongPasswordIsSaidOnce(t *testing.T) {
	var seen []string
	url := digestCamera(t, "admin", "s3cret", 9, &seen)
	_, err := Open(t.Context(), vision.Camera{Source: vision.Source{URL: strings.Replace(url, "://", "://admin:wr0ng@", 1)}})
	if err == nil || err.Error() != "401 unauthorised: wrong user or password" {
		t.Errorf("got %v", err)
	}
	if len(seen) != 2 { // Many cameras lock a user out who is wrong too often.
		t.Errorf("%d requests", len(seen))
	}
}

func TestHTTP_BasicLoginWhereNothingElseIsTaken(t *testing.T) {
	picture := plainJPEG(t, 32, 24, 90)
	url := camera(t, func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "admin" || password != "s3cret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="cam", Digest realm="cam", nonce="n", algorithm=SHA-512-256`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "image/jpeg")
		w.Write(picture)
	})
	next(t, open(t, vision.Camera{Source: vision.Source{URL: strings.Replace(url, "://", "://admin:s3cret@", 1)}}, Options{}))
}

func FuzzChallenges(f *testing.F) {
	f.Add(`Digest realm="a", nonce="b", qop="auth"`)
	f.Add(`Basic, Digest a="\`)
	f.Add(`x=,=,"`)
	f.Fuzz(func(t *testing.T, line string) {
		for _, c := range challenges(line) {
			if c.scheme == "" || strings.Trim(c.scheme, tokenLetters) != "" {
				t.Errorf("scheme %q", c.scheme)
			}
			if d := newDigest(c); d != nil && len(challenges(d.answer("u", "p", "GET", "/"))) == 0 {
				t.Error("an answer that cannot be read")
			}
		}
	})
}
