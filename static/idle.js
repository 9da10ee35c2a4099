// Signs of the person: told to the server, at most once a minute by all pages of this browser; and the
// question whether they are there, before their mode ends for want of one.

import { now } from "./clock.js";

const EVERY = 60_000;
const WARNING = 60_000; // before the end
const AGAIN = 10_000; // how often a page that asks looks whether it still has to
const JITTER = 5000;
const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];

const bar = () => document.getElementById("bar");
const place = document.getElementById("idle");
const words = document.getElementById("idle-words");
const counts = () => Boolean(bar()?.dataset.idleAt);

let seen = 0; // when the last sign was
let telling = 0; // the timer of a sign that is still to be told
let looking = 0; // the timer of the next look at how much time is left

/** When a page of this browser last told of a sign. */
function told() {
  try {
    return Number(localStorage.getItem("rollcall.told") ?? 0);
  } catch {
    return 0;
  }
}

function sign({ type, movementX, movementY }) {
  if (document.hidden || !counts()) return;
  // What moves under a pointer that lies still is no sign of anybody.
  if (type === "pointermove" && !movementX && !movementY) return;
  seen = Date.now();
  if (!place.hidden) tell();
  else if (!telling) {
    const wait = Math.max(0, Math.min(told() + EVERY - seen, EVERY));
    telling = setTimeout(tell, wait + Math.random() * Math.min(JITTER, EVERY - wait));
  }
}

async function tell() {
  clearTimeout(telling);
  telling = 0;
  hide();
  if (told() >= seen) return;
  try {
    localStorage.setItem("rollcall.told", Date.now());
  } catch {
    // A browser that keeps nothing lets each of its pages tell.
  }
  const token = document.querySelector("body > [name=csrfmiddlewaretoken]").value;
  const body = new URLSearchParams({ ago: (Date.now() - seen) / 1000 });
  const headers = { "X-CSRFToken": token, "HX-Request": "true" };
  answered(await ask(place.dataset.activeUrl, { method: "POST", body, headers }));
}

/** Look how much time is left: another browser of theirs may have told of a sign. */
async function look() {
  if (telling) await tell();
  else answered(await ask(place.dataset.idleUrl, { headers: { "HX-Request": "true" } }));
}

async function ask(url, options) {
  try {
    const answer = await fetch(url, options);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the server is away: it is asked again
  }
}

function answered(answer) {
  if (answer === null) return next(AGAIN);
  expect(answer.left === null ? null : answer.left * 1000);
}

/** `left` milliseconds are left; null: the mode does not end by itself. */
function expect(left) {
  if (left === null || !counts()) {
    clearTimeout(looking);
    hide();
  } else if (left > WARNING) {
    hide();
    next(left - WARNING);
  } else {
    show();
    next(Math.max(1000, Math.min(AGAIN, left)));
  }
}

function next(wait) {
  clearTimeout(looking);
  looking = setTimeout(look, wait);
}

function show() {
  if (!place.hidden) return;
  const asked = words.content.cloneNode(true);
  asked.querySelector("[data-then]").textContent = bar().dataset.idleThen;
  place.hidden = false;
  place.replaceChildren(asked);
}

function hide() {
  if (place.hidden) return;
  const focused = place.contains(document.activeElement);
  place.hidden = true;
  place.replaceChildren();
  if (focused) document.getElementById("bar-summary").focus();
}

const begin = () => expect(counts() ? bar().dataset.idleAt - now() : null);

for (const kind of SIGNS) addEventListener(kind, sign, { passive: true, capture: true });
document.addEventListener("visibilitychange", (event) => {
  sign(event);
  if (!document.hidden && counts()) look();
});
addEventListener("storage", ({ key }) => key === "rollcall.told" && !place.hidden && look());
document.body.addEventListener("bar-changed", begin);
begin();
