package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"gridwatch/vision"
)

func TestPassthrough_HandsOnWholePictures(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	p, err := OpenPassthrough(vision.Camera{ID: "P", Source: vision.Source{URL: server.url("admin:s3cret@")}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	keys := 0
	for i := range 15 {
		unit, err := p.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		kinds := unitKinds(unit)
		if kinds[9] != 1 || kinds[1]+kinds[5] == 0 {
			t.Fatalf("picture %d has units %v: want one delimiter and a coded slice", i, kinds)
		}
		if kinds[5] > 0 {
			keys++
			if kinds[7] == 0 || kinds[8] == 0 {
				t.Errorf("key frame %d comes without its parameter sets: %v", i, kinds)
			}
		}
	}
	if keys == 0 {
		t.Error("no key frame in a second and a half")
	}
}

// unitKinds counts the kinds of NAL units of a picture in Annex B form.
func unitKinds(picture []byte) map[byte]int {
	kinds := map[byte]int{}
	for rest := picture; ; {
		i := bytes.Index(rest, []byte{0, 0, 1})
		if i < 0 || i+3 >= len(rest) {
			return kinds
		}
		kinds[rest[i+3]&0x1F]++
		rest = rest[i+3:]
	}
}

func TestPassthrough_RefusesWhatMustBeDrawnInto(t *testing.T) {
	for name, cam := range map[string]vision.Camera{
		"masks": {Source: vision.Source{URL: "rtsp://127.0.0.1:9/x"}, View: vision.View{Masks: leftHalf}},
		"http":  {Source: vision.Source{URL: "http://127.0.0.1:9/x"}},
		"file":  {Source: vision.Source{URL: vtest(t)}},
	} {
		if p, err := OpenPassthrough(cam); !errors.Is(err, vision.ErrNoPassthrough) {
			t.Errorf("%s: %v, %v", name, p, err)
		}
	}
}

func TestPassthrough_SaysWhyNotWithoutThePassword(t *testing.T) {
	t.Parallel()
	server := serveRTSP(t, pattern, "0", "admin", "s3cret")
	p, err := OpenPassthrough(vision.Camera{Source: vision.Source{URL: server.url("admin:wr0ng!!@")}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	_, err = p.Next(t.Context())
	if err == nil || errors.Is(err, vision.ErrNoPassthrough) || strings.Contains(err.Error(), "wr0ng") || !strings.Contains(err.Error(), "401") {
		t.Errorf("got %v", err)
	}
}

func FuzzNextUnit(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 9, 0xF0, 0, 0, 1, 0x65, 9, 9, 0, 0, 0, 1, 9, 0xF0, 1, 2, 3})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, stream []byte) {
		in := bufio.NewReaderSize(bytes.NewReader(stream), 16)
		total := 0
		for {
			unit, err := nextUnit(in)
			if err != nil {
				if !errors.Is(err, io.EOF) {
					t.Fatal(err)
				}
				return
			}
			if !bytes.HasPrefix(unit, delimiter) || len(unit) == len(delimiter) {
				t.Fatalf("a picture without its delimiter, or without anything: % x", unit)
			}
			if total += len(unit); total > 2*len(stream)+len(delimiter) {
				t.Fatal("more came out than went in")
			}
		}
	})
}
