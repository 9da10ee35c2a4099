// The monitor by keyboard: one row takes the focus, and keys act on it and on the selection.

import * as drops from "./drops.js";
import * as groups from "./groups.js";
import * as selection from "./selection.js";

const table = document.getElementById("agents");
const help = document.getElementById("keys");
const single = document.getElementById("single-keys");
const search = document.querySelector("#filters [name=text]");
const PAGE = 10;
const OFF = "rollcall-single-keys-off";

/** The rows that can take the focus, in order: heads of groups too. */
const stops = () => [...table.querySelectorAll("tbody:not([hidden]) tr:not([hidden])")].filter((row) => row.matches(".group") || !row.parentElement.matches("[data-folded]"));
const here = () => document.activeElement?.closest("#agents tbody tr") ?? null;
let roving = null;
let anchor = null;
let base = [];

function focus(row) {
  if (!row) return;
  if (roving) roving.tabIndex = -1;
  if (row.matches(".group")) row.querySelector(".fold").focus();
  else {
    roving = row;
    row.tabIndex = 0;
    row.focus();
  }
}

function go(to, extend) {
  const list = stops();
  const from = here();
  const at = list.indexOf(from ?? roving);
  const next = list[Math.min(Math.max(to(at, list.length), 0), list.length - 1)];
  if (extend && from?.dataset.id && next?.dataset.id) {
    if (!anchor) [anchor, base] = [from.dataset.id, selection.ids()];
    selection.select([...base, ...selection.between(anchor, next.dataset.id)]);
  } else if (!extend) anchor = null;
  focus(next);
}

const MOVES = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at) => at + PAGE,
  PageUp: (at) => at - PAGE,
  Home: () => 0,
  End: (_, length) => length - 1,
};
const LETTERS = { j: MOVES.ArrowDown, k: MOVES.ArrowUp };

function onRow(event, row) {
  const itself = document.activeElement === row;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") return fold(row, event.key === "ArrowLeft");
  if (!itself) return false;
  if (event.key === "Enter") row.querySelector(".act").click();
  else if (event.key === " ") selection.toggle(row.dataset.id);
  else return false;
  anchor = null;
  return true;
}

function fold(row, away) {
  const body = row.parentElement;
  const head = body.querySelector(".group");
  if (!head || body.hasAttribute("data-folded") === away) return false;
  groups.toggle(body.dataset.group);
  if (away) focus(head);
  return true;
}

/** What a key that is a single character does; these can be switched off, for those who dictate. */
function character(key, inTable) {
  if (!single.checked) return false;
  if (key === "/") search.focus();
  else if (key === "?") help.showModal();
  else if (key === "a" && selection.ids().length) selection.act();
  else if (key in LETTERS && (inTable || document.activeElement === document.body)) go(LETTERS[key], false);
  else return false;
  return true;
}

function handle(event) {
  const row = here();
  const { key } = event;
  if (key === "Escape") return drops.close() || selection.clear();
  if (key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) return row ? (selection.selectAll(), true) : false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (row && key in MOVES) return go(MOVES[key], event.shiftKey), true;
  if (row && onRow(event, row)) return true;
  return character(key, Boolean(row));
}

const writes = (target) => target.matches("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || document.querySelector("#bar-menu[open]")) return;
  if (writes(event.target) && event.key !== "Escape") return;
  if (writes(event.target) && event.target.value) return; // Escape empties the field first
  if (handle(event)) event.preventDefault();
});

// Whoever tabs into the table comes back to the row that they left.
table.addEventListener("focusin", ({ target }) => {
  if (!target.matches("tr[data-id]") || target === roving) return;
  if (roving) roving.tabIndex = -1;
  roving = target;
  roving.tabIndex = 0;
});

/** Do `job`, which may take rows away, and leave the focus near where it was. */
export function keep(job) {
  const row = here();
  const before = row ? stops() : [];
  job();
  settle();
  if (!row || (row.isConnected && !row.hidden)) return;
  const at = before.indexOf(row);
  const left = [...before.slice(at), ...before.slice(0, at).reverse()];
  focus(left.find((other) => other.isConnected && !other.hidden && !other.parentElement.hidden));
}

/** There is always a row to tab to. */
function settle() {
  if (roving?.isConnected && !roving.hidden) return;
  if (roving) roving.tabIndex = -1;
  roving = table.querySelector("tbody:not([hidden]) tr[data-id]:not([hidden])");
  if (roving) roving.tabIndex = 0;
}

single.checked = !localStorage.getItem(OFF);
single.addEventListener("change", () => (single.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
const button = document.getElementById("show-keys");
button.hidden = false;
button.addEventListener("click", () => help.showModal());
document.getElementById("hide-keys").addEventListener("click", () => help.close());
help.addEventListener("click", ({ target }) => target === help && help.close());
