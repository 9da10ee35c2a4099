// The page's socket: keeps it open, keeps the clock right, and says when what is shown is old.

import { duration, sync } from "./clock.js";

const BEAT = 5000; // the server's; three missed ones mean that the link is dead
const ENDED = [4401, 4410]; // signed out; a wallboard that was revoked or is set up anew
const page = document.body.dataset;
const lost = document.getElementById("lost");
const listeners = [];

let ticket = page.ticket;
let ticketAt = performance.now();
let socket = null;
let heard = performance.now();
let heardAt = Date.now();
let attempts = 0;
let retry = 0;
let stopped = false;
let away = false;
let over = "ended"; // the template that says why it is over

/** Milliseconds since the last message. Some browsers' performance.now() sleeps with the laptop. */
const silence = () => Math.max(performance.now() - heard, Date.now() - heardAt);

/** Call `listener` with every message. */
export const listen = (listener) => listeners.push(listener);

function connect() {
  disconnect();
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/?ticket=${encodeURIComponent(ticket)}`);
  socket.onmessage = hear;
  socket.onclose = closed;
}

function disconnect() {
  clearTimeout(retry);
  if (socket) {
    socket.onclose = socket.onmessage = null;
    socket.close();
  }
  socket = null;
}

/** A page that the browser kept may be of somebody who has signed out since. */
async function comeBack() {
  show(false);
  if (!(await renew())) return;
  away = false;
  connect();
}

function hear({ data }) {
  heard = performance.now();
  heardAt = Date.now();
  attempts = 0;
  const message = JSON.parse(data);
  sync(message.now);
  show(true);
  for (const listener of listeners) listener(message);
}

async function closed({ code }) {
  socket = null;
  show(false);
  if (ENDED.includes(code) && !(await renew())) return;
  again();
}

function again() {
  if (stopped) return;
  // The first try soon, later ones within a second, so that a server that is back is seen at once;
  // and never all browsers in the same instant.
  const most = Math.min(250 * 2 ** attempts++, 1000);
  clearTimeout(retry);
  retry = setTimeout(connect, most / 2 + (Math.random() * most) / 2);
}

/** Fetch a fresh ticket. False when there is none to be had: signed out, no right to it, or revoked. */
async function renew() {
  try {
    const how = { headers: { Accept: "application/json" }, redirect: "manual" };
    const answer = await fetch(page.ticketUrl, how);
    // A redirect leads to the log-in, for previews of wallboards.
    if (answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status)) {
      end([403, 404].includes(answer.status) ? "forbidden" : "ended");
      return false;
    }
    if (answer.ok) [ticket, ticketAt] = [(await answer.json()).ticket, performance.now()];
  } catch {
    // The server is away: what there is may still be good when it comes back.
  }
  return true;
}

function end(why) {
  over = why;
  stopped = true;
  disconnect();
  show(false);
  document.documentElement.toggleAttribute("data-ended", true);
  document.dispatchEvent(new Event("ended"));
}

/** Say whether what is shown is up to date; buttons do not pretend while it is not. */
function show(live) {
  document.documentElement.toggleAttribute("data-lost", !live);
  for (const id of ["bar", "me", "alerts-list"]) {
    for (const button of document.getElementById(id)?.getElementsByTagName("button") ?? []) button.disabled = !live;
  }
  if (!lost) return;
  if (lost.hidden !== live) lost.hidden = live;
  if (live) return;
  if (!stopped) lost.textContent = lost.dataset.age.replace("{age}", words(duration(silence())));
  else if (!lost.firstElementChild) {
    const why = document.getElementById(over) ?? document.getElementById("ended");
    lost.replaceChildren(why.content.cloneNode(true));
  }
}

const words = (age) => (/^0:\d\d$/.test(age) ? lost.dataset.seconds.replace("{number}", Number(age.slice(2))) : age);

/** Right again within a second after sleep, a hidden tab or an outage. */
function wake() {
  if (stopped || away || document.hidden) return;
  const open = socket?.readyState === WebSocket.OPEN;
  if (!open || silence() > BEAT + 1000) connect();
}

setInterval(() => {
  const age = silence();
  if (socket?.readyState === WebSocket.OPEN && age < 2.4 * BEAT) return;
  if (age > 2500 || document.documentElement.hasAttribute("data-lost")) show(false);
  if (!stopped && age > 2.4 * BEAT && socket?.readyState === WebSocket.OPEN) connect();
}, 1000);

// A good ticket at hand lets thousands reconnect at once without asking the database.
setInterval(() => !stopped && performance.now() - ticketAt > 240_000 && renew(), 30_000 + Math.random() * 30_000);

const farewell = new BroadcastChannel("rollcall");
farewell.onmessage = () => renew();
document.addEventListener("submit", ({ target }) => {
  if (target.matches("form.leave")) addEventListener("pagehide", () => farewell.postMessage("signed out"));
});

document.addEventListener("htmx:responseError", ({ detail }) => detail.xhr.status === 401 && end("ended"));

addEventListener("online", wake);
addEventListener("pageshow", ({ persisted }) => persisted && comeBack());
addEventListener("pagehide", () => {
  away = true;
  disconnect();
});
document.addEventListener("visibilitychange", wake);
document.addEventListener("resume", wake);
connect();
