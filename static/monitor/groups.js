// The bodies of the table: one for each group, its rows in order. dashboard/groups.py makes the same.

import { compare, fits, place } from "./order.js";
import { records, rowIn } from "./rows.js";
import { view } from "./view.js";

const table = document.getElementById("agents");
const blank = document.getElementById("group-head");
const groups = new Map();
/** What there is to filter by. An agent may serve queues that the person who looks does not see. */
let known = new Set();
const folded = new Set();

/** The groups that a record stands in. */
function keysOf(record) {
  if (view.group === "team") return [record.team];
  if (view.group === "status") return [record.status];
  if (view.group === "queue") {
    const seen = record.queues.filter((key) => known.has(key));
    return seen.length ? seen : [""];
  }
  return [""];
}

/** Take up the bodies that the page came with. */
export function adopt(body) {
  groups.set(body.dataset.group, { key: body.dataset.group, body, records: [] });
}

/** Put a record that may be new, or may have changed, where it belongs. A row that changes its group
    goes over, so that who is at work in it stays there. */
export function put(record) {
  const wanted = keysOf(record);
  const left = [...record.rows.keys()].filter((key) => !wanted.includes(key));
  for (const key of wanted) {
    if (!record.rows.has(key) && left.length) {
      const from = left.pop();
      record.rows.set(key, record.rows.get(from));
      leave(record, from, () => putIn(groups.get(key) ?? open(key), record));
    } else putIn(groups.get(key) ?? open(key), record);
  }
  for (const key of left) leave(record, key, (row) => row.remove());
}

/** Take the record out of a group; `after` does so with its row. */
function leave(record, key, after) {
  const group = groups.get(key);
  const row = record.rows.get(key);
  group.records.splice(group.records.indexOf(record), 1);
  record.rows.delete(key);
  after(row);
  if (!group.records.length) close(group);
}

function putIn(group, record) {
  const row = rowIn(record, group.key);
  const at = group.records.indexOf(record);
  if (at >= 0 && fits(group.records, at)) return;
  if (at >= 0) group.records.splice(at, 1);
  const to = place(group.records, record);
  move(group.body, row, group.records[to]?.rows.get(group.key) ?? null);
  group.records.splice(to, 0, record);
}

/** A row that moves keeps the focus. */
function move(body, row, before) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  body.insertBefore(row, before);
  focused?.focus({ preventScroll: true });
}

/** Take a record off the board. */
export function drop(record) {
  for (const key of [...record.rows.keys()]) leave(record, key, (row) => row.remove());
}

function open(key) {
  const body = blank.content.querySelector("tbody").cloneNode(true);
  body.dataset.group = key;
  if (!view.group) body.replaceChildren();
  const group = { key, body, records: [] };
  groups.set(key, group);
  if (view.group) name(group);
  fold(group);
  const order = sequence();
  const next = [...groups.values()].filter((other) => order.indexOf(other.key) > order.indexOf(key));
  next.sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  table.insertBefore(body, next[0]?.body ?? null);
  return group;
}

function close(group) {
  groups.delete(group.key);
  group.body.remove();
}

/** The keys of all groups in order: as the filters have them, and last of all those in none. */
function sequence() {
  const keys = picks().map((pick) => pick.value);
  const top = view.group === "status" && keys.includes(view.top) ? [view.top] : [];
  return [...new Set([...top, ...keys, ""])];
}

const picks = () => [...document.querySelectorAll(`#filters [name="${view.group}"]`)].filter((field) => field.type === "checkbox");

function name({ key, body }) {
  const label = body.querySelector(".label");
  const pick = picks().find((found) => found.value === key);
  const none = blank.dataset[view.group === "team" ? "noneTeam" : "noneQueue"];
  const text = document.createElement("span");
  text.textContent = pick ? pick.parentElement.textContent : none;
  label.replaceChildren(text);
  if (view.group !== "status") return;
  const tile = document.querySelector(`#tiles [data-status="${key}"]`);
  if (!tile) return;
  label.dataset.colour = tile.dataset.colour;
  label.prepend(tile.querySelector(".icon").cloneNode(true));
}

/** Take up what there is to group by. True where that is something else than before. */
function learn() {
  const before = [...known].join();
  known = new Set(picks().map((pick) => pick.value));
  return before !== [...known].join();
}

/** Names and their order may have changed, and what is seen. */
export function rename() {
  if (!view.group) return;
  if (learn()) for (const record of records.values()) put(record);
  const order = sequence();
  const sorted = [...groups.values()].sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key));
  for (const group of sorted) name(group);
  const bodies = sorted.map(({ body }) => body);
  if (bodies.some((body, at) => body !== table.tBodies[at])) table.append(...bodies);
}

/** Put everything where it belongs. After a change of order the bodies stay; after one of groups they
    are made anew. */
export function arrange(anew) {
  learn();
  if (anew) {
    folded.clear();
    for (const record of records.values()) record.rows.clear();
    for (const group of [...groups.values()]) close(group);
  }
  if (anew || !groups.size) for (const record of records.values()) for (const key of keysOf(record)) join(record, key);
  for (const group of groups.values()) sort(group);
  rename();
}

function join(record, key) {
  rowIn(record, key);
  (groups.get(key) ?? open(key)).records.push(record);
}

function sort({ key, body, records: members }) {
  members.sort(compare);
  const rows = members.map((record) => record.rows.get(key));
  const head = body.querySelector(".group") ? 1 : 0;
  if (!rows.some((row, at) => row !== body.rows[at + head])) return;
  const focused = body.contains(document.activeElement) ? document.activeElement : null;
  body.append(...rows);
  focused?.focus({ preventScroll: true });
}

/** Take up the records of the page's rows, in the bodies that they came in. */
export function fill() {
  learn();
  for (const record of records.values()) for (const key of record.rows.keys()) groups.get(key).records.push(record);
  for (const group of groups.values()) sort(group);
}

// --- counting and folding --------------------------------------------------------------------

/** As routing.staffing.counts_as. */
function kind(record, key) {
  const { workforce } = record;
  if (view.group === "queue" && record.left.includes(key)) return workforce === "absent" ? workforce : "withdrawn";
  return workforce === "absent" && record.available === "available" ? "ready" : workforce;
}

/** Say in each group's head how many of those who are shown count as what. */
export function count() {
  if (!view.group) return;
  for (const { key, body, records: members } of groups.values()) {
    const counts = { agents: 0, ready: 0, engaged: 0, withdrawn: 0, absent: 0 };
    for (const record of members) {
      if (!record.shown) continue;
      counts.agents += 1;
      counts[kind(record, key)] += 1;
    }
    for (const place of body.querySelectorAll("[data-count]")) {
      const text = String(counts[place.dataset.count]);
      if (place.textContent !== text) place.textContent = text;
    }
    if (body.hidden !== (counts.agents === 0)) body.hidden = counts.agents === 0;
  }
}

export function toggle(key) {
  if (!folded.delete(key)) folded.add(key);
  fold(groups.get(key));
}

function fold({ key, body }) {
  body.toggleAttribute("data-folded", folded.has(key));
  body.querySelector(".fold")?.setAttribute("aria-expanded", String(!folded.has(key)));
}
