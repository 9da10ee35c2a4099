// What is known of each agent, and the rows that show it: one, or one for each queue that they serve.

import { tick, watch } from "../clock.js";
import { flash } from "./flash.js";
import { keys } from "./order.js";

const table = document.getElementById("agents");

/** By agent: what their row says, so that sorting and counting read no DOM, and `rows` by group. */
export const records = new Map();

export function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = `<table><tbody>${html.join("")}</tbody></table>`;
  return [...template.content.querySelectorAll("tr")];
}

/** Take up a row that the page came with. */
export function adopt(row, group) {
  const { id } = row.dataset;
  if (!records.has(id)) records.set(id, { rows: new Map(), ...told(row) });
  records.get(id).rows.set(group, row);
}

function told(row) {
  const { id, version, status, team, queues, left, available, workforce, text, alert, stale, unconfirmed } = row.dataset;
  return {
    id,
    version: Number(version),
    marks: `${alert} ${stale} ${unconfirmed}`,
    status,
    team,
    queues: queues.split(" ").filter(Boolean),
    left: left.split(" "),
    available,
    workforce,
    text,
    keys: keys(row),
    fresh: row,
  };
}

/** Take what came, unless it is older than what is shown. Gives the record if it changed. */
export function put(fresh, whole) {
  arrange(fresh);
  const found = told(fresh);
  const old = records.get(found.id);
  if (!old) {
    const record = { rows: new Map(), ...found };
    records.set(found.id, record);
    return record;
  }
  const newer = found.version - old.version;
  if (newer === 0 ? found.marks === old.marks : newer < 0 && !whole) return null;
  Object.assign(old, found);
  for (const row of old.rows.values()) patch(row, fresh);
  old.fresh = old.rows.values().next().value;
  return old;
}

/** The record's row in `group`, made where there is none yet. */
export function rowIn(record, group) {
  if (!record.rows.has(group)) {
    const row = record.fresh.cloneNode(true);
    row.tabIndex = -1;
    for (const cell of row.querySelectorAll(".changed")) cell.classList.remove("changed");
    watch(row);
    record.rows.set(group, row);
  }
  return record.rows.get(group);
}

const still = (cell) => cell.innerHTML.replace(/>[^<]*<\/time>/g, "></time>");

/** Bring a row up to date in place, so that focus and selection stay; what changed catches the eye. */
function patch(row, fresh) {
  for (const { name, value } of fresh.attributes) if (name.startsWith("data-")) row.setAttribute(name, value);
  for (const name of ["data-alert", "data-stale", "data-unconfirmed"]) if (!fresh.hasAttribute(name)) row.removeAttribute(name);
  for (const [at, cell] of [...fresh.cells].entries()) {
    const old = row.cells[at];
    if (still(cell) !== still(old)) replace(old, cell.cloneNode(true));
  }
}

function replace(old, cell) {
  const focused = old.contains(document.activeElement);
  const box = old.querySelector("input");
  if (box) cell.querySelector("input").checked = box.checked;
  else if (!cell.matches(".c-agent")) flash(cell); // an avatar that takes another colour is enough
  tick(cell);
  old.replaceWith(cell);
  if (focused) cell.querySelector("a, input")?.focus({ preventScroll: true });
}

/** Put the cells of a row in the person's order. */
export function arrange(row) {
  if (!("own" in table.dataset)) return;
  const cells = Object.fromEntries([...row.cells].map((cell) => [cell.classList[0], cell]));
  const order = table.dataset.columns.trim().split(" ").map((key) => cells[`c-${key}`]);
  row.append(...order, cells["c-act"]);
}

export function remove(id) {
  const record = records.get(id);
  records.delete(id);
  return record;
}
