// The filters, tiles and counts around the table: they follow the view, and the view follows them.

import { change, changed, clear, narrow, toggle, url, view } from "./view.js";
import { records } from "./rows.js";
import * as strip from "../strip.js";

const form = document.getElementById("filters");
const table = document.getElementById("agents");
const plural = new Intl.PluralRules(document.documentElement.lang || undefined);
const any = (chosen, values) => !chosen.length || values.some((value) => chosen.includes(value));

/** Decide who is shown, and say how many are in each status, and how many of all. */
export function count() {
  const totals = {};
  const wanted = view.text.trim().toLowerCase();
  let shown = 0;
  for (const record of records.values()) {
    const counted =
      any(view.availability, [record.available]) &&
      any(view.team, [record.team]) &&
      any(view.queue, record.queues) &&
      record.text.includes(wanted);
    if (counted) totals[record.status] = (totals[record.status] ?? 0) + 1;
    record.shown = counted && any(view.status, [record.status]);
    for (const row of record.rows.values()) if (row.hidden === record.shown) row.hidden = !record.shown;
    if (record.shown) shown += 1;
  }
  for (const tile of document.querySelectorAll("#tiles .tile")) number(tile, totals[tile.dataset.status] ?? 0);
  say(shown, records.size);
}

function number(tile, count) {
  const place = tile.querySelector(".count");
  if (place.textContent === String(count)) return;
  place.textContent = count;
  tile.toggleAttribute("data-none", count === 0);
}

function say(shown, all) {
  const place = document.getElementById("shown");
  const { dataset } = place;
  const one = plural.select(all) === "one";
  const words = shown === all ? (one ? dataset.allOne : dataset.allOther) : one ? dataset.someOne : dataset.someOther;
  const text = words.replace("{all}", all).replace("{shown}", shown);
  if (place.value !== text) place.value = text;
  if (all) document.getElementById("first-steps")?.remove();
  document.getElementById("no-agents").hidden = all > 0 || Boolean(document.getElementById("first-steps"));
  document.getElementById("no-match").hidden = shown > 0 || all === 0;
  table.hidden = shown === 0;
}

const current = (link, is) => (is ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"));

/** Make what stands around the table say what the view says. */
function follow() {
  for (const field of form.elements) {
    if (field.type === "checkbox") field.checked = view[field.name].includes(field.value);
    else if (field.name && field.value.trim() !== view[field.name]) field.value = view[field.name];
  }
  for (const facet of form.querySelectorAll(".facet")) summarise(facet);
  for (const tile of document.querySelectorAll("#tiles .tile")) {
    current(tile.querySelector(".only"), view.status.includes(tile.dataset.status));
    current(tile.querySelector(".top-of"), view.top === tile.dataset.status);
  }
  for (const head of table.tHead.rows[0].cells) {
    const own = head.classList.contains(`c-${view.sort.replace("-", "")}`);
    if (own) head.setAttribute("aria-sort", view.sort.startsWith("-") ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  strip.mark(view.queue);
  document.getElementById("clear").hidden = !narrow();
}

function summarise(facet) {
  const labels = [...facet.querySelectorAll(":checked")].map((field) => field.parentElement.textContent);
  facet.querySelector(".chosen").textContent = labels.join(", ");
  facet.toggleAttribute("data-chosen", labels.length > 0);
}

/** Statuses, teams and queues as they are called now; what is chosen stays chosen. */
export function rename(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const panel of form.querySelectorAll(".facet .panel")) {
    const focused = panel.contains(document.activeElement) ? document.activeElement.value : null;
    const { facet } = panel.parentElement.dataset;
    panel.replaceChildren(...template.content.querySelector(`[data-facet=${facet}] .panel`).children);
    if (focused !== null) panel.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
  }
  document.getElementById("tiles").replaceChildren(...template.content.getElementById("tiles").children);
  follow();
}

form.addEventListener("input", ({ target }) => {
  if (target.type !== "checkbox") return change({ [target.name]: target.value }, { brief: target.name === "text" });
  const chosen = [...form.querySelectorAll(`[name=${target.name}]:checked`)].map((field) => field.value);
  change({ [target.name]: chosen });
});
form.addEventListener("submit", (event) => event.preventDefault());

document.getElementById("monitor").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const chip = event.target.closest("tbody .chip");
  const link = event.target.closest("a");
  if (chip) return bringUp(chip.closest("tr").dataset.status);
  if (!link) return;
  if (link.matches(".only")) toggle("status", link.parentElement.dataset.status);
  else if (link.matches(".top-of")) bringUp(link.parentElement.dataset.status);
  else if (link.matches(".queue")) toggle("queue", link.dataset.queue);
  else if (link.matches(".clear")) clear();
  else if (link.dataset.key) change({ sort: view.sort === link.dataset.key ? `-${link.dataset.key}` : link.dataset.key });
  else return;
  event.preventDefault();
});

const bringUp = (status) => change({ top: view.top === status ? "" : status });

changed(follow);
follow();
