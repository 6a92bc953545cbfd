import { remembered } from "../state/remembered";

/** Off until the person turns it on; browsers allow no sound before that anyway. */
export const sound = remembered<"on" | "off">("gridwatch.sound", "off", ["on", "off"]);

let audio: AudioContext | undefined;

/** Two short rising tones. Silent when sound is off, or while the browser waits for a first touch of the page. */
export function ring(): void {
  if (sound.get() === "off") return;
  audio ??= new AudioContext();
  void audio.resume();
  const start = audio.currentTime;
  for (const [at, hertz] of [
    [0, 740],
    [0.16, 988],
  ] as const) {
    const tone = audio.createOscillator();
    const loudness = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hertz;
    loudness.gain.setValueAtTime(0, start + at);
    loudness.gain.linearRampToValueAtTime(0.22, start + at + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + at + 0.28);
    tone.connect(loudness).connect(audio.destination);
    tone.start(start + at);
    tone.stop(start + at + 0.3);
  }
}

export function switchSound(): void {
  sound.set(sound.get() === "on" ? "off" : "on");
  ring();
}
