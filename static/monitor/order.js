// The order of rows, by the same things as dashboard/table.py, and text as the viewer's language has it.

import { view } from "./view.js";

const collator = new Intl.Collator(document.documentElement.lang || undefined, { sensitivity: "base", numeric: true });

/** What each column of a row sorts by: text, or where there is none a number: how long it lasts. */
export function keys(row) {
  return Object.fromEntries([...row.cells].map((cell) => [cell.classList[0].slice(2), key(cell)]));
}

function key(cell) {
  if ("sort" in cell.dataset) return cell.dataset.sort;
  const time = cell.querySelector("time");
  return time ? -Number(time.dataset.since) : "";
}

export function compare(a, b) {
  const first = (record) => (record.status === view.top ? 0 : 1);
  return first(a) - first(b) || byColumn(a, b) || collator.compare(a.keys.agent, b.keys.agent) || a.id - b.id;
}

function byColumn(a, b) {
  const column = view.sort.replace("-", "");
  const [x, y] = [a.keys[column], b.keys[column]];
  if ((x === "") !== (y === "")) return x === "" ? 1 : -1;
  const way = view.sort.startsWith("-") ? -1 : 1;
  return way * (typeof x === "number" ? x - y : collator.compare(x, y));
}

/** Where `record` belongs in `sorted`, which it is not in. */
export function place(sorted, record) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(sorted[middle], record) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the record at `at` is between its neighbours. */
export function fits(sorted, at) {
  return (
    (at === 0 || compare(sorted[at - 1], sorted[at]) <= 0) &&
    (at === sorted.length - 1 || compare(sorted[at], sorted[at + 1]) <= 0)
  );
}
