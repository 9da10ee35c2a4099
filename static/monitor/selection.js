// The agents that are selected, to be acted on together. Who is no longer shown is no longer selected.

import * as dialog from "./dialog.js";
import { records } from "./rows.js";

const form = document.getElementById("selection");
const all = document.getElementById("pick-all");
const table = document.getElementById("agents");
const plural = new Intl.PluralRules(document.documentElement.lang || undefined);
const chosen = new Set();
let last = null;

export const ids = () => [...chosen];
export const has = (id) => chosen.has(id);

/** Select exactly these of those that are shown. */
export function select(wanted) {
  const before = [...chosen];
  chosen.clear();
  for (const id of wanted) if (records.get(id)?.shown) chosen.add(id);
  for (const id of new Set([...before, ...chosen])) mark(id);
  say();
}

export function toggle(id) {
  last = id;
  select(chosen.has(id) ? ids().filter((other) => other !== id) : [...chosen, id]);
}

export const selectAll = () => select([...records.keys()]);

/** Nothing is selected any more; false where nothing was. */
export function clear() {
  if (!chosen.size) return false;
  select([]);
  return true;
}

/** Call after rows came, went or were hidden. */
export function settle() {
  if (chosen.size && ids().some((id) => !records.get(id)?.shown)) select(ids());
  else say();
}

function mark(id) {
  for (const row of records.get(id)?.rows.values() ?? []) {
    row.setAttribute("aria-selected", String(chosen.has(id)));
    row.querySelector(".c-pick input").checked = chosen.has(id);
  }
}

function say() {
  const { size } = chosen;
  let shown = 0;
  for (const record of records.values()) if (record.shown) shown += 1;
  all.checked = size > 0 && size === shown;
  all.indeterminate = size > 0 && size < shown;
  const place = document.getElementById("selected");
  const text = size ? place.dataset[plural.select(size) === "one" ? "one" : "other"].replace("{n}", size) : "";
  if (place.value !== text) place.value = text;
  form.hidden = size === 0;
}

/** Ask what to do with them. */
export function act() {
  if (!chosen.size) return;
  const next = location.pathname + location.search;
  dialog.open("POST", form.action, { agent: ids().join(), next });
}

table.addEventListener("click", (event) => {
  const box = event.target.closest("tbody .c-pick input");
  if (!box) return;
  const { value: id } = box;
  if (event.shiftKey && last) select([...chosen, ...between(last, id)]);
  else select(box.checked ? [...chosen, id] : ids().filter((other) => other !== id));
  last = id;
});

/** The agents from one to the other, as they stand. */
export function between(from, to) {
  const rows = [...table.querySelectorAll("tbody:not([hidden], [data-folded]) tr[data-id]:not([hidden])")];
  const order = rows.map((row) => row.dataset.id);
  const [low, high] = [order.indexOf(from), order.indexOf(to)].sort((a, b) => a - b);
  return low < 0 ? [to] : order.slice(low, high + 1);
}

all.addEventListener("change", () => (all.checked ? selectAll() : clear()));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  act();
});
form.querySelector("[data-deselect]").addEventListener("click", clear);
