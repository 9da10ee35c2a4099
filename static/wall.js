// A wallboard: shows what its socket brings, and runs for weeks with nobody near it.

import { now, tick } from "./clock.js";
import { listen } from "./live.js";
import { arrange } from "./wall-pages.js";

const MINUTE = 60_000;
const DAY = 20 * 60 * MINUTE; // then it opens itself anew, as soon as nobody waits
const LATEST = 28 * 60 * MINUTE;
const root = document.documentElement;
const page = document.body.dataset;
const queues = document.getElementById("queues");
let leaving = 0;

listen((message) => {
  if (message.wall) show(message.wall);
  if (message.page && message.page !== page.page) leave();
});

/** `parts` has what changed, by id; `order` every queue, where that changed. */
function show({ parts = {}, order }) {
  for (const [id, html] of Object.entries(parts)) put(id, parse(html));
  if (order) {
    queues.replaceChildren(...order.map((id) => document.getElementById(`queue-${id}`)));
    document.getElementById("no-queues").hidden = order.length > 0;
  }
  arrange();
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function put(id, fresh) {
  const old = document.getElementById(id);
  tick(fresh);
  if (old) old.replaceWith(fresh);
  else queues.append(fresh);
}

// Several servers may differ while they are upgraded: never more than one attempt a minute.
function leave() {
  leaving ||= setTimeout(reopen, Math.max(0, MINUTE - performance.now()) + Math.random() * 5000);
}

/** Open the page anew with fresh scripts; not before all of it is there to be had. */
async function reopen() {
  leaving = 0;
  const files = performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType !== "fetch");
  const wanted = [location.href, ...new Set(files.map(({ name }) => name))];
  try {
    const found = await Promise.all(wanted.map((url) => fetch(url, { cache: "reload" })));
    if (found.every(({ ok }) => ok)) location.reload();
  } catch {
    // The server is away; there is another time.
  }
}

function grow() {
  const age = performance.now();
  if (age > LATEST || (age > DAY && !queues.querySelector("[data-waits]"))) leave();
}

const light = matchMedia("(prefers-color-scheme: light)");
const follow = () => (root.dataset.theme = light.matches ? "light" : "dark");
if (root.dataset.theme === "auto") {
  light.addEventListener("change", follow);
  follow();
}

const zone = { timeZone: page.zone };
const locale = root.lang === "en" ? "en-GB" : root.lang;
const time = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { ...zone, weekday: "long", day: "numeric", month: "long" });

function strike() {
  for (const [id, format] of [["clock", time], ["day", day]]) {
    const element = document.getElementById(id);
    const text = format.format(now());
    if (element.textContent !== text) element.textContent = text;
  }
}

async function stayAwake() {
  if (document.hidden || root.hasAttribute("data-ended")) return;
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // A screen low on battery may refuse.
  }
}

document.addEventListener("ended", () => document.getElementById("wall").remove());
document.addEventListener("visibilitychange", stayAwake);
document.getElementById("live").hidden = false;
setInterval(strike, 1000);
setInterval(grow, MINUTE);
strike();
stayAwake();
