// The sound of an alert: a tone made here, once somebody has turned it on in this browser.

const KEY = "rollcall.alerts.sound";
const button = document.getElementById("alerts-sound");
const PAUSE = 6000; // milliseconds between two tones that insist
let audio = null;
let last = -PAUSE;

const wanted = () => localStorage.getItem(KEY) === "on";

/** Whether a tone would be heard now. */
export const heard = () => wanted() && audio?.state === "running";

function state() {
  if (!wanted()) return "off";
  return heard() ? "on" : "blocked";
}

function show() {
  const now = state();
  button.dataset.state = now;
  button.setAttribute("aria-pressed", String(now === "on"));
  button.querySelector("span").textContent = button.dataset[now];
}

/** Browsers let a page sound only after somebody has touched it. */
function open() {
  if (!audio) {
    audio = new AudioContext();
    audio.onstatechange = show;
  }
  if (audio.state !== "running") audio.resume().then(show);
}

export function play(severity) {
  if (!heard()) return;
  last = performance.now();
  const critical = severity === "critical";
  for (let note = 0; note < (critical ? 3 : 2); note += 1) {
    beep(critical ? 880 : 587 + 147 * note, audio.currentTime + note * 0.22);
  }
}

function beep(frequency, at) {
  const [tone, volume] = [audio.createOscillator(), audio.createGain()];
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
  tone.connect(volume).connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.21);
}

/** Again and again, from one tab at a time. */
export function repeat(severity) {
  if (!heard() || performance.now() - last < PAUSE) return;
  if (!navigator.locks) play(severity);
  else navigator.locks.request(KEY, { ifAvailable: true }, (lock) => {
    if (!lock) return undefined;
    play(severity);
    return new Promise((done) => setTimeout(done, PAUSE - 500));
  });
}

button.addEventListener("click", () => {
  const on = state() === "off" || state() === "blocked";
  localStorage.setItem(KEY, on ? "on" : "off");
  if (on) open();
  show();
  if (on) audio.resume().then(() => play("warning"));
});
for (const touch of ["pointerdown", "keydown"]) {
  document.addEventListener(touch, ({ target }) => wanted() && !button.contains(target) && open(), { capture: true });
}
addEventListener("storage", ({ key }) => key === KEY && show());

if (wanted()) open();
button.hidden = false;
show();
