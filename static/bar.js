// The agent's bar: new ones arrive by socket and as answers; menu and focus stay as they were.

import { tick } from "./clock.js";
import "./failed.js";
import { listen } from "./live.js";
import { ring } from "./ring.js";

const bar = () => document.getElementById("bar");
const menu = () => document.getElementById("bar-menu");
const summary = () => document.getElementById("bar-summary");
const version = (element) => Number(element.dataset.version);
const box = (element) => Number(element.dataset.box);
const menus = () => [...bar().querySelectorAll("details")];

/** Put a bar in place, unless it is older than the one that shows. One of the same age has something
    to say only as an `answer` (what was refused), of notices, or of what the telephony has not
    confirmed. */
function replace(html, answer = false) {
  const fresh = parse(html);
  const old = bar();
  if (!fresh || !old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const home = focused && document.activeElement.closest("details")?.querySelector("summary").id;
  const newer = version(fresh) - version(old);
  const noticed = box(fresh) > box(old);
  const changed = newer > 0 || (newer === 0 && (noticed || fresh.dataset.unconfirmed !== old.dataset.unconfirmed));
  if (!changed && !(answer && newer === 0)) return;
  for (const details of menus()) if (details.open) fresh.querySelector(`#${details.id}`).open = true;
  for (const form of fresh.querySelectorAll("form")) carryToken(form);
  for (const button of fresh.querySelectorAll("button")) button.disabled = isLost();
  old.replaceWith(fresh);
  htmx.process(fresh);
  tick(fresh);
  if (focused) (document.getElementById(focused) ?? document.getElementById(home) ?? summary()).focus();
  ring();
  if (changed) htmx.trigger(document.body, "bar-changed");
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.querySelector("#bar");
}

const isLost = () => document.documentElement.hasAttribute("data-lost");
const token = () => document.querySelector("body > [name=csrfmiddlewaretoken]").value;

/** A bar that came by socket has no token in its forms; the page has. */
function carryToken(form) {
  const field = form.querySelector("[name=csrfmiddlewaretoken]");
  if (field) field.value = token();
}

// An answer is lost with the form that asked for it, so a bar that comes by socket meanwhile waits.
let later = "";
const asking = () => bar().querySelector(".htmx-request");

listen((message) => {
  if (!message.bar) return;
  if (asking()) later = message.bar;
  else replace(message.bar);
});
document.addEventListener("htmx:afterRequest", () => {
  if (!later || asking()) return;
  replace(later);
  later = "";
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = token();
});
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.matches(".choices")) return;
  menu().open = false;
  summary().focus();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (detail.target.id !== "bar" || !detail.shouldSwap) return;
  detail.shouldSwap = false;
  replace(detail.serverResponse, true);
});

document.addEventListener("click", ({ target }) => {
  if (!bar()) return;
  for (const details of menus()) if (!details.contains(target)) details.open = false;
});
document.addEventListener("keydown", (event) => {
  const open = bar() && menus().find((details) => details.open);
  if (!open) return;
  if (event.key === "Escape") {
    open.open = false;
    open.querySelector("summary").focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !open.contains(document.activeElement)) return;
  const stops = [...open.querySelectorAll("summary, a, button:not(:disabled, [hidden])")];
  const here = stops.indexOf(document.activeElement);
  stops[(here + step + stops.length) % stops.length].focus();
  event.preventDefault();
});

/** A microphone that the browser refuses makes the webphone useless: say so to the floor. */
async function watchMicrophone() {
  const permission = await navigator.permissions.query({ name: "microphone" });
  const tell = () => {
    const refused = permission.state === "denied";
    if (!bar() || refused === (bar().dataset.microphone === "refused")) return;
    htmx.ajax("POST", "/me/microphone/", { target: "#bar", values: { granted: refused ? "0" : "1" } });
  };
  permission.onchange = tell;
  tell();
}
if (bar()) ring();
if (bar()) watchMicrophone().catch(() => {});
