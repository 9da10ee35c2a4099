// An agent's day: read again when the agent changes, with what was open, scrolled and focused kept.

import { tick } from "./clock.js";
import { listen } from "./live.js";

const shown = () => document.getElementById("day");
const kept = () => document.querySelectorAll("#main [data-keep]");

// --- when to read it again -----------------------------------------------------------------

const SETTLE = 300; // milliseconds in which several changes of one call are one
let soon = 0;

function readAgain() {
  clearTimeout(soon);
  soon = setTimeout(() => htmx.trigger(document.body, "day-changed"), SETTLE);
}

listen(({ rows }) => {
  const day = shown()?.dataset;
  const version = day && /data-version="(\d+)"/.exec(rows?.[day.agent] ?? "");
  if (version && Number(version[1]) > Number(day.version)) readAgain();
});
document.body.addEventListener("bar-changed", readAgain);

/** Nobody's half-chosen date is taken from under their hands. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt === shown() && shown().querySelector("form :focus")) event.preventDefault();
});

// --- what stays ----------------------------------------------------------------------------

let before = new Map();
let focused = "";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!["day", "me"].includes(detail.target.id)) return;
  before = new Map([...kept()].map((one) => [one.id, [one.open, one.scrollLeft, one.scrollTop]]));
  focused = detail.target.contains(document.activeElement) ? document.activeElement.id : "";
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (!["day", "me"].includes(detail.target.id)) return;
  for (const one of kept()) {
    const [open, left, top] = before.get(one.id) ?? [];
    if (open !== undefined) one.open = open;
    one.scrollTo(left ?? 0, top ?? 0);
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  tick();
});

/** At first the timeline shows what is latest. */
const timeline = document.getElementById("timeline");
if (timeline) timeline.scrollLeft = timeline.scrollWidth;
