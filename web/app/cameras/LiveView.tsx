import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api/client";
import { Problem } from "../api/problem";
import { useWords } from "../i18n/language";
import { reason } from "../i18n/reason";
import { Icon } from "../parts/Icon";

type Showing =
  | { phase: "connecting" }
  | { phase: "stream" }
  | { phase: "pictures"; why: string }
  | { phase: "refused"; why: string };

/** A camera live: its own stream where that can be handed on, pictures where not, and the reason. */
export function LiveView({ api, camera, onStop }: { api: Api; camera: string; onStop(): void }) {
  const words = useWords();
  const w = words.liveView;
  const video = useRef<HTMLVideoElement>(null);
  const [showing, setShowing] = useState<Showing>({ phase: "connecting" });
  const [attempt, setAttempt] = useState(0);
  const path = `/api/cameras/${encodeURIComponent(camera)}/live.mjpeg`;

  useEffect(() => {
    setShowing({ phase: "connecting" });
    let gone = false;
    let peer: RTCPeerConnection | null = null;
    const pictures = (why: string) => {
      peer?.close();
      peer = null;
      if (!gone) setShowing({ phase: "pictures", why });
    };
    watch(api, camera, (stream) => {
      if (gone || video.current === null) return;
      video.current.srcObject = stream;
      setShowing({ phase: "stream" });
    }).then(
      (connection) => {
        peer = connection;
        if (gone) connection.close();
        connection.onconnectionstatechange = () => {
          if (connection.connectionState === "failed") pictures("WebRTC");
          if (connection.connectionState === "disconnected" && !gone) onStop();
        };
      },
      (error: unknown) => pictures(said(error)),
    );
    return () => {
      gone = true;
      peer?.close();
    };
  }, [api, camera, attempt]);

  /** A picture cannot say why it does not come: ask again, and read the answer. */
  const refused = async () => {
    const response = await fetch(path, { credentials: "same-origin" }).catch(() => null);
    if (response === null || response.ok) {
      await response?.body?.cancel();
      onStop();
      return;
    }
    setShowing({ phase: "refused", why: said(await Problem.of(response)) });
  };
  return (
    <div class="live">
      {(showing.phase === "connecting" || showing.phase === "stream") && (
        <video ref={video} autoplay muted playsInline class="live-picture" />
      )}
      {showing.phase === "pictures" && (
        <img
          class="live-picture"
          src={path}
          alt={words.setup.tab.live}
          data-live="pictures"
          onError={() => void refused()}
        />
      )}
      {showing.phase === "connecting" && <p class="frame-note">{w.connecting}</p>}
      {showing.phase === "refused" && (
        <p class="frame-note frame-failed" role="alert">
          {w.refused}
          <span>{reason(showing.why, words)}</span>
        </p>
      )}
      <div class="live-foot">
        <span class="live-how" data-how={showing.phase}>
          {showing.phase === "stream" ? w.direct : showing.phase === "pictures" ? w.pictures : ""}
        </span>
        {showing.phase === "pictures" && (
          <span class="quiet" title={showing.why}>
            {w.why}
            {words.colon}
            {reason(showing.why, words)}
          </span>
        )}
        {showing.phase === "refused" && (
          <button type="button" class="button button-primary" onClick={() => setAttempt(attempt + 1)}>
            {words.retry}
          </button>
        )}
        <button type="button" class="button" onClick={onStop}>
          <Icon name="close" size={16} />
          {showing.phase === "refused" ? words.close : w.stop}
        </button>
      </div>
    </div>
  );
}

function said(error: unknown): string {
  return error instanceof Problem ? error.detail : String(error);
}

/** Offers this browser to the service and plays what it answers with. */
async function watch(
  api: Api,
  camera: string,
  onStream: (stream: MediaStream) => void,
): Promise<RTCPeerConnection> {
  const peer = new RTCPeerConnection();
  try {
    peer.addTransceiver("video", { direction: "recvonly" });
    peer.ontrack = ({ track, streams }) => onStream(streams[0] ?? new MediaStream([track]));
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const sdp = await api.live(camera, peer.localDescription?.sdp ?? "");
    await peer.setRemoteDescription({ type: "answer", sdp });
    return peer;
  } catch (error) {
    peer.close();
    throw error;
  }
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState === "complete") resolve();
    });
  });
}
