package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"gridwatch/vision"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
)

// lives are the live views that are open. There are at most so many at once.
type lives struct {
	most int

	mu   sync.Mutex
	open map[int]view
	next int
	over bool
	all  sync.WaitGroup
}

// view is one person's live view of one camera.
type view struct {
	camera string
	end    context.CancelFunc
}

func newLives(most int) *lives { return &lives{most: most, open: map[int]view{}} }

// enter takes one of the places, until leave. The context also ends with the server.
func (l *lives) enter(ctx context.Context, camera string) (_ context.Context, leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil, nil, problem(http.StatusServiceUnavailable, "The server is stopping.")
	}
	if len(l.open) >= l.most {
		return nil, nil, problem(http.StatusConflict,
			fmt.Sprintf("This machine carries %d live views, and all are taken. Close one, or wait.", l.most))
	}
	ctx, cancel := context.WithCancel(ctx)
	id := l.next
	l.next++
	l.open[id] = view{camera, cancel}
	l.all.Add(1)
	return ctx, sync.OnceFunc(func() {
		cancel()
		l.mu.Lock()
		delete(l.open, id)
		l.mu.Unlock()
		l.all.Done()
	}), nil
}

// closeAll ends every live view and waits for it; none is opened after.
func (l *lives) closeAll() {
	l.mu.Lock()
	l.over = true
	for _, v := range l.open {
		v.end()
	}
	l.mu.Unlock()
	l.all.Wait()
}

// endOf ends the live views of a camera that was set up otherwise: a new mask must be black at once.
func (l *lives) endOf(camera string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.open {
		if v.camera == camera {
			v.end()
		}
	}
}

type liveQuery struct {
	ID   string `path:"id" maxLength:"200"`
	Body liveBody
}

type liveBody struct {
	SDP string `json:"sdp" minLength:"1" maxLength:"50000" doc:"The browser's offer, with its candidates."`
}

type liveAnswer struct{ Body liveView }

type liveView struct {
	SDP string `json:"sdp" doc:"The answer."`
}

// live hands the camera's own H.264 on by WebRTC. What cannot be handed on is refused with the reason; live.mjpeg shows it.
func (s *Server) live(ctx context.Context, in *liveQuery) (*liveAnswer, error) {
	camera, err := s.cameraInScope(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	who := visitorOf(ctx)
	running, stop := context.WithTimeout(context.WithoutCancel(ctx), liveLonger)
	running, leave, err := s.lives.enter(running, camera.ID)
	if err != nil {
		stop()
		return nil, err
	}
	end := func() { leave(); stop() }
	peer, err := s.openPeer(ctx, camera, in.Body.SDP)
	if err != nil {
		end()
		return nil, err
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "live view", slog.String("camera", camera.ID), slog.Int64("person", who.ID))
	running, gone := context.WithCancelCause(running)
	go func() {
		defer end()
		defer gone(nil)
		go s.endWithSession(running, who.token, gone)
		err := peer.run(running, gone)
		s.log.LogAttrs(running, slog.LevelInfo, "live view ended", slog.String("camera", camera.ID), slog.Any("err", err))
	}()
	return &liveAnswer{liveView{SDP: peer.answer}}, nil
}

// peer is one browser that looks at one camera.
type peer struct {
	connection *webrtc.PeerConnection
	track      *webrtc.TrackLocalStaticSample
	stream     Stream
	first      []byte
	answer     string
}

// openPeer waits for the camera's first picture before it answers the browser, so that a refusal can say why.
func (s *Server) openPeer(ctx context.Context, camera vision.Camera, offer string) (_ *peer, err error) {
	p := &peer{}
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	if p.stream, err = s.eyes.Passthrough(camera); err == nil {
		p.first, err = p.stream.Next(ctx)
	}
	if errors.Is(err, vision.ErrNoPassthrough) {
		return nil, problem(http.StatusConflict, "Only pictures can be shown: "+err.Error()+".")
	}
	if err != nil {
		return nil, unseen(ctx, err)
	}
	if err := p.connect(ctx, offer); err != nil {
		return nil, err
	}
	return p, nil
}

// connect answers the offer. Candidates are this machine's own addresses: nobody outside is asked.
func (p *peer) connect(ctx context.Context, offer string) error {
	var settings webrtc.SettingEngine
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetIncludeLoopbackCandidate(true)
	var codecs webrtc.MediaEngine
	h264 := webrtc.RTPCodecCapability{
		MimeType: webrtc.MimeTypeH264, ClockRate: 90000,
		SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
	}
	err := codecs.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: h264, PayloadType: 102}, webrtc.RTPCodecTypeVideo)
	if err != nil {
		return err
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(&codecs), webrtc.WithSettingEngine(settings))
	if p.connection, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return err
	}
	if p.track, err = webrtc.NewTrackLocalStaticSample(h264, "video", "gridwatch"); err != nil {
		return err
	}
	if _, err = p.connection.AddTrack(p.track); err != nil {
		return err
	}
	if err := p.connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		return problem(http.StatusUnprocessableEntity, "The offer cannot be used.", Fault{"body.sdp", err.Error()})
	}
	answer, err := p.connection.CreateAnswer(nil)
	if err != nil {
		return problem(http.StatusUnprocessableEntity, "The browser takes no H.264.", Fault{"body.sdp", err.Error()})
	}
	gathered := webrtc.GatheringCompletePromise(p.connection)
	if err := p.connection.SetLocalDescription(answer); err != nil {
		return err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return ctx.Err()
	}
	p.answer = p.connection.LocalDescription().SDP
	return nil
}

// run hands pictures on until ctx ends, the browser goes or the camera stops.
func (p *peer) run(ctx context.Context, gone context.CancelCauseFunc) error {
	defer p.close()
	p.connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed, webrtc.PeerConnectionStateDisconnected:
			gone(fmt.Errorf("the browser is %s", state))
		}
	})
	picture, last := p.first, time.Now()
	for {
		now := time.Now()
		if err := p.track.WriteSample(media.Sample{Data: picture, Duration: min(now.Sub(last), time.Second)}); err != nil {
			return err
		}
		last = now
		var err error
		if picture, err = p.stream.Next(ctx); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return err
		}
	}
}

func (p *peer) close() {
	if p.connection != nil {
		p.connection.Close()
	}
	if p.stream != nil {
		p.stream.Close()
	}
}
