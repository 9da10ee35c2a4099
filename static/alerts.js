// Alerts on the monitor: shown as they come, said once, heard if wanted, and counted in the title.

import { claim, remember } from "./alerts/told.js";
import * as notices from "./alerts/notices.js";
import * as sound from "./alerts/sound.js";
import { tick } from "./clock.js";
import { listen } from "./live.js";

const section = document.getElementById("alerts");
const list = document.getElementById("alerts-list");
const more = document.getElementById("alerts-more");
const teams = section.dataset.teams.split(" ");
const bare = document.title;
const seen = new Set();

const items = () => [...list.querySelectorAll(".alert:not([hidden])")];
const unknown = () => items().filter((item) => !("acknowledged" in item.dataset));

/** Alerts that are for other teams' supervisors come too, and are not shown. */
function arrange() {
  for (const item of list.querySelectorAll(".alert")) {
    const wanted = item.dataset.teams.split(" ").filter(Boolean);
    item.hidden = wanted.length > 0 && !wanted.some((team) => teams.includes(team));
  }
  const well = items().length === 0;
  list.querySelector(".well").hidden = !well;
  list.querySelector("ul").hidden = well;
  badge();
  fit();
}

/** Alerts come and go in one line, so that nothing below them moves; the others are asked for, and
    then lie over what is below. */
function fit() {
  const shown = items();
  const over = shown.some((item) => item.offsetTop > shown[0].offsetTop);
  const open = over && "open" in list.dataset;
  more.hidden = !over;
  more.textContent = open ? more.dataset.fewer : more.dataset.all.replace("{count}", shown.length);
  more.setAttribute("aria-expanded", open);
  list.toggleAttribute("data-open", open);
}

more.addEventListener("click", () => {
  list.toggleAttribute("data-open");
  fit();
});
addEventListener("resize", fit);

/** Whoever else sets the title takes the count away: it is put back with the next second. */
function badge() {
  const count = unknown().length;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = count ? `(${count}) ${title || bare}` : title || bare;
}

function show(html) {
  const focused = list.contains(document.activeElement) ? document.activeElement.closest(".alert")?.id : "";
  list.innerHTML = html;
  htmx.process(list);
  tick(list);
  arrange();
  if (focused !== "") refocus(focused);
}

/** The focus stays with the alert, or goes to the next one that nobody knows of. */
function refocus(id) {
  const item = document.getElementById(id);
  const target = item?.querySelector("button") ?? unknown()[0]?.querySelector("button") ?? item ?? items()[0];
  (target ?? document.getElementById("alerts-sound")).focus({ preventScroll: true });
}

function tell() {
  const fresh = unknown().filter(({ dataset }) => !seen.has(dataset.crossing));
  for (const { dataset } of fresh) seen.add(dataset.crossing);
  notices.closeAllBut(new Set(unknown().map(({ dataset }) => dataset.crossing)));
  if (!fresh.length) return;
  say(fresh);
  claim(fresh.map(({ dataset }) => dataset.crossing), sound.heard()).then((mine) => {
    const own = fresh.filter(({ dataset }) => mine.includes(dataset.crossing));
    if (!own.length) return;
    notices.show(own, words(own));
    const audible = own.filter(({ dataset }) => dataset.sound !== "none");
    if (audible.length) sound.play(worst(audible));
  });
}

const worst = (some) => (some.some(({ dataset }) => dataset.severity === "critical") ? "critical" : "warning");

const words = (some) =>
  some.length > 3 ? section.dataset.many.replace("{count}", some.length) : some.map(({ dataset }) => dataset.say).join(". ");

/** To screen readers: what is critical at once, the rest when they pause. */
function say(fresh) {
  const loud = worst(fresh) === "critical";
  document.getElementById(loud ? "alerts-shouted" : "alerts-said").textContent = words(fresh);
}

let told = null;
listen((message) => {
  if (!("alerts" in message) || message.alerts === told) return;
  told = message.alerts;
  show(message.alerts);
  tell();
});

list.addEventListener("htmx:afterSwap", ({ detail }) => {
  arrange();
  tick(list);
  notices.closeAllBut(new Set(unknown().map(({ dataset }) => dataset.crossing)));
  refocus(detail.elt.id);
});

setInterval(() => {
  badge();
  const insistent = unknown().filter(({ dataset }) => dataset.sound === "repeat");
  if (insistent.length) sound.repeat(worst(insistent));
}, 1000);

// What the page came with, whoever opened it reads.
arrange();
for (const { dataset } of items()) seen.add(dataset.crossing);
remember([...seen]);
