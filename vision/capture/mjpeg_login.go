package capture

import (
	"crypto"
	_ "crypto/md5"
	"crypto/rand"
	_ "crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// login answers a camera's demand for user and password: Digest (RFC 7616) where the camera takes it, else Basic. The
// password is not sent before it is asked for, and in clear only where the camera knows no other way.
type login struct {
	user, password string
	basic          bool
	digest         *digest
}

func newLogin(u *url.Userinfo) login {
	password, _ := u.Password()
	return login{user: u.Username(), password: password}
}

// sign adds what was asked for so far to a request.
func (l *login) sign(request *http.Request) {
	switch {
	case l.digest != nil:
		request.Header.Set("Authorization", l.digest.answer(l.user, l.password, request.Method, request.URL.RequestURI()))
	case l.basic:
		request.SetBasicAuth(l.user, l.password)
	}
}

// demanded takes the headers of a 401 and reports whether there is something to answer.
func (l *login) demanded(header http.Header) bool {
	if l.user == "" && l.password == "" {
		return false
	}
	l.basic, l.digest = true, nil // A camera that only says 401 is taken to mean Basic.
	for _, line := range header.Values("WWW-Authenticate") {
		for _, c := range challenges(line) {
			if d := newDigest(c); d != nil && (l.digest == nil || d.better(l.digest)) {
				l.digest = d
			}
		}
	}
	return true
}

// digest is one demand for a Digest answer.
type digest struct {
	realm, nonce, opaque string
	algorithm            string // As the camera spelt it; empty where it named none.
	hash                 crypto.Hash
	session              bool // The algorithm is one of those that end in -sess.
	qop                  bool // "auth" is offered; without it the answer is that of RFC 2069.
	count                int  // Answers given with this nonce.
}

// newDigest returns nil for a challenge of another scheme, and for one that cannot be answered.
func newDigest(c challenge) *digest {
	if !strings.EqualFold(c.scheme, "Digest") || c.params["nonce"] == "" {
		return nil
	}
	d := &digest{realm: c.params["realm"], nonce: c.params["nonce"], opaque: c.params["opaque"], algorithm: c.params["algorithm"]}
	name, session := strings.CutSuffix(strings.ToUpper(d.algorithm), "-SESS")
	switch d.session = session; name {
	case "", "MD5":
		d.hash = crypto.MD5
	case "SHA-256":
		d.hash = crypto.SHA256
	default:
		return nil
	}
	for _, offered := range strings.Split(c.params["qop"], ",") {
		d.qop = d.qop || strings.EqualFold(strings.TrimSpace(offered), "auth")
	}
	if c.params["qop"] != "" && !d.qop {
		return nil // Only auth-int, which no camera was seen to want.
	}
	return d
}

// better prefers the stronger hash.
func (d *digest) better(other *digest) bool { return d.hash.Size() > other.hash.Size() }

// answer is the Authorization header for one request.
func (d *digest) answer(user, password, method, uri string) string {
	d.count++
	return d.answerWith(rand.Text(), user, password, method, uri)
}

func (d *digest) answerWith(cnonce, user, password, method, uri string) string {
	sum := func(parts ...string) string {
		h := d.hash.New()
		h.Write([]byte(strings.Join(parts, ":")))
		return hex.EncodeToString(h.Sum(nil))
	}
	secret := sum(user, d.realm, password)
	if d.session {
		secret = sum(secret, d.nonce, cnonce)
	}
	asked, count := sum(method, uri), fmt.Sprintf("%08x", d.count)
	response := sum(secret, d.nonce, asked)
	if d.qop {
		response = sum(secret, d.nonce, count, cnonce, "auth", asked)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `Digest username=%s, realm=%s, nonce=%s, uri=%s, response="%s"`,
		quoted(user), quoted(d.realm), quoted(d.nonce), quoted(uri), response)
	if d.algorithm != "" {
		fmt.Fprintf(&out, ", algorithm=%s", d.algorithm)
	}
	if d.opaque != "" {
		fmt.Fprintf(&out, ", opaque=%s", quoted(d.opaque))
	}
	if d.qop || d.session {
		fmt.Fprintf(&out, `, cnonce="%s"`, cnonce)
	}
	if d.qop {
		fmt.Fprintf(&out, `, qop=auth, nc=%s`, count)
	}
	return out.String()
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// challenge is one scheme of a WWW-Authenticate header with its parameters, their names in small letters.
type challenge struct {
	scheme string
	params map[string]string
}

// challenges reads a header that may hold several. What it cannot read it leaves out.
func challenges(line string) []challenge {
	var all []challenge
	for rest := line; ; {
		rest = strings.TrimLeft(rest, " \t,")
		name := rest[:len(rest)-len(strings.TrimLeft(rest, tokenLetters))]
		if name == "" {
			return all
		}
		rest = strings.TrimLeft(rest[len(name):], " \t")
		value, after, isParam := paramValue(rest)
		switch {
		case !isParam:
			all = append(all, challenge{scheme: name, params: map[string]string{}})
		case len(all) > 0:
			all[len(all)-1].params[strings.ToLower(name)] = value
		}
		if isParam {
			rest = after
		}
	}
}

// tokenLetters are those of RFC 9110, section 5.6.2.
const tokenLetters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// paramValue reads `= value` or `= "quoted value"` from the beginning of text.
func paramValue(text string) (value, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, "=")
	if !ok {
		return "", text, false
	}
	text = strings.TrimLeft(text, " \t")
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ", \t")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:], true
	}
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '"':
			return out.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return out.String(), "", true
			}
		}
		out.WriteByte(text[i])
	}
	return out.String(), "", true
}
