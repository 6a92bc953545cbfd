package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gridwatch/vision"
)

// maxJPEG bounds one picture that comes over the network.
const maxJPEG = 16 << 20

// httpReader reads a camera that speaks HTTP: one endless answer of many JPEGs (multipart/x-mixed-replace), or one JPEG an
// answer, which is then asked for again and again.
type httpReader struct {
	cam    vision.Camera
	from   address
	client *http.Client
	login  login
	stall  time.Duration
	every  time.Duration
	due    time.Time
	seq    uint64

	ctx    context.Context // Of every request; its cause says why the connection was broken off.
	cancel context.CancelCauseFunc
	body   io.Closer         // Of the endless answer.
	parts  *multipart.Reader // Nil where every answer is one picture.
	first  []byte            // The picture that came while opening.
}

func openHTTP(ctx context.Context, cam vision.Camera, from address, o Options) (Reader, error) {
	r := &httpReader{cam: cam, from: from, login: newLogin(from.url.User), stall: o.Stall, every: interval(cam.FPS)}
	r.ctx, r.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	r.client = &http.Client{Transport: &http.Transport{ // No proxy: it would learn the camera's password.
		DialContext:            (&net.Dialer{Timeout: o.Stall}).DialContext,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           1,
	}}
	if err := r.guard(ctx, r.open); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// guard runs step, and breaks the connection off when ctx ends or the camera took longer than the stall time.
func (r *httpReader) guard(ctx context.Context, step func() error) error {
	stop := context.AfterFunc(ctx, func() { r.cancel(ctx.Err()) })
	defer stop()
	watchdog := time.AfterFunc(r.stall, func() { r.cancel(fmt.Errorf("no picture for %v", r.stall)) })
	defer watchdog.Stop()
	err := step()
	if err != nil && r.ctx.Err() != nil {
		return context.Cause(r.ctx)
	}
	return err
}

// open asks once and sees from the answer what kind of camera it is.
func (r *httpReader) open() error {
	response, err := r.ask()
	if err != nil {
		return err
	}
	kind, params, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // An unreadable kind is unknown, see below.
	switch {
	case strings.HasPrefix(kind, "multipart/"):
		r.body = response.Body
		r.parts, err = newParts(response.Body, params["boundary"])
		return err
	case kind == "image/jpeg" || kind == "image/jpg":
		defer response.Body.Close()
		r.first, err = readJPEG(response.Body, response.ContentLength)
		return err
	default:
		response.Body.Close()
		return fmt.Errorf("camera answered with %q, not with pictures", kind)
	}
}

// ask sends one request, and again with what the camera demands to know who asks. An answer is a good one: its body is the
// caller's to close.
func (r *httpReader) ask() (*http.Response, error) {
	response, err := r.send()
	if err == nil && response.StatusCode == http.StatusUnauthorized && r.login.demanded(response.Header) {
		response.Body.Close()
		response, err = r.send()
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, statusError(response.StatusCode)
	}
	return response, nil
}

func (r *httpReader) send() (*http.Response, error) {
	plain := *r.from.url
	plain.User = nil // It would go out as Basic, unasked.
	request, err := http.NewRequestWithContext(r.ctx, http.MethodGet, plain.String(), nil)
	if err != nil {
		return nil, errors.New("camera's URL cannot be asked for")
	}
	r.login.sign(request)
	response, err := r.client.Do(request)
	if err == nil {
		return response, nil
	}
	if inner := new(url.Error); errors.As(err, &inner) {
		err = inner.Err // The outer one repeats the URL.
	}
	if errors.Is(err, io.EOF) {
		return nil, errors.New("camera closed the connection")
	}
	return nil, errors.New(r.from.scrub(err.Error()))
}

func statusError(code int) error {
	switch code {
	case http.StatusUnauthorized:
		return errors.New("401 unauthorised: wrong user or password")
	case http.StatusForbidden:
		return errors.New("403 forbidden: this user may not watch")
	default:
		return fmt.Errorf("camera answered %d %s", code, strings.ToLower(http.StatusText(code)))
	}
}

// Next returns the picture that is due, with the time it arrived. Pictures that come faster than they are wanted are read and
// left undecoded.
func (r *httpReader) Next(ctx context.Context) (vision.Frame, error) {
	if r.ctx.Err() != nil {
		return vision.Frame{}, context.Cause(r.ctx)
	}
	for {
		data, err := r.read(ctx)
		if err != nil {
			return vision.Frame{}, err
		}
		now := time.Now()
		if now.Before(r.due) {
			continue
		}
		// A little early counts as due, or a camera at exactly the wanted rate would lose every second picture.
		r.due = now.Add(r.every * 9 / 10)
		p, err := decode(data)
		if err == nil {
			p, err = p.narrowed(MaxWidth)
		}
		if err != nil {
			return vision.Frame{}, fmt.Errorf("%w: %w", ErrBadFrame, err)
		}
		r.seq++
		return vision.Frame{CameraID: r.cam.ID, Seq: r.seq, At: now, Image: p}, nil
	}
}

// read waits for one more picture from the camera.
func (r *httpReader) read(ctx context.Context) (data []byte, err error) {
	if r.parts == nil {
		return r.poll(ctx)
	}
	err = r.guard(ctx, func() error {
		data, err = nextPart(r.parts)
		return err
	})
	return data, err
}

// poll asks for the next picture when it is due.
func (r *httpReader) poll(ctx context.Context) (data []byte, err error) {
	if data, r.first = r.first, nil; data != nil {
		return data, nil
	}
	if err := pause(ctx, time.Until(r.due)); err != nil {
		return nil, err
	}
	err = r.guard(ctx, func() error {
		response, err := r.ask()
		if err != nil {
			return err
		}
		defer response.Body.Close()
		data, err = readJPEG(response.Body, response.ContentLength)
		return err
	})
	return data, err
}

// Close breaks the connection off.
func (r *httpReader) Close() error {
	r.cancel(errClosed)
	if r.body != nil {
		r.body.Close()
		r.body = nil
	}
	r.client.CloseIdleConnections()
	return nil
}

// newParts reads the parts of an endless answer. Many cameras declare "--x" and then send "--x" between the parts, where
// the standard wants "----x": the first line of the body tells.
func newParts(body io.Reader, boundary string) (*multipart.Reader, error) {
	if boundary == "" {
		return nil, errors.New("camera's multipart answer names no boundary")
	}
	buffered := bufio.NewReader(body)
	if short, found := strings.CutPrefix(boundary, "--"); found && short != "" {
		// A peek that fails shows fewer bytes; the error comes again when the first part is read.
		if head, _ := buffered.Peek(len("\r\n--") + len(boundary)); !strings.Contains(string(head), "--"+boundary) {
			boundary = short
		}
	}
	return multipart.NewReader(buffered, boundary), nil
}

// nextPart returns the bytes of the next part, which should be a JPEG.
func nextPart(parts *multipart.Reader) ([]byte, error) {
	part, err := parts.NextRawPart()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, errors.New("camera ended the stream")
		}
		return nil, fmt.Errorf("camera's stream cannot be read: %w", err)
	}
	length := int64(-1)
	if declared := part.Header.Get("Content-Length"); declared != "" {
		if length, err = strconv.ParseInt(strings.TrimSpace(declared), 10, 64); err != nil || length < 0 {
			return nil, errors.New("camera's stream cannot be read: a part's Content-Length is no number")
		}
	}
	return readJPEG(part, length)
}

// readJPEG reads a picture of length bytes, or, if length is negative, up to the end of body. Where the length is known it
// does not wait for what follows the picture, which may come a whole interval later.
func readJPEG(body io.Reader, length int64) ([]byte, error) {
	if length > maxJPEG {
		return nil, tooLarge()
	}
	if length < 0 {
		length = maxJPEG + 1
	}
	data, err := io.ReadAll(io.LimitReader(body, length))
	if err != nil {
		return nil, fmt.Errorf("picture broke off after %d bytes: %w", len(data), err)
	}
	if len(data) > maxJPEG {
		return nil, tooLarge()
	}
	return data, nil
}

func tooLarge() error { return fmt.Errorf("camera sends a picture of more than %d MB", maxJPEG>>20) }
