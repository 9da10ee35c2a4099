// The Agent Monitor: puts changed rows in place, and filters, sorts and counts them by the URL.

import { tick } from "./clock.js";
import { listen } from "./live.js";
import * as strip from "./strip.js";

const body = document.querySelector("#agents tbody");
const heads = [...document.querySelectorAll("#agents thead th")];
const filters = document.getElementById("filters");
const collator = new Intl.Collator(undefined, { sensitivity: "base", numeric: true });
const rows = new Map([...body.rows].map((row) => [row.dataset.id, row]));
let order = [...body.rows];

// --- what the URL says ---------------------------------------------------------------------

const value = (name) => filters.elements[name].value;
const sort = () => value("sort");

function counts({ dataset }) {
  return (
    (!value("team") || dataset.team === value("team")) &&
    (!value("queue") || dataset.queues.split(" ").includes(value("queue"))) &&
    dataset.text.includes(value("text").trim().toLowerCase())
  );
}

function url() {
  const query = new URLSearchParams();
  for (const name of ["status", "team", "queue", "text", "sort"]) {
    const wanted = value(name).trim();
    if (wanted && !(name === "sort" && wanted === "agent")) query.set(name, wanted);
  }
  return query.size ? `?${query}` : location.pathname;
}

// --- order ---------------------------------------------------------------------------------

function compare(a, b) {
  const column = heads.findIndex((head) => head.classList.contains(`c-${sort().replace("-", "")}`));
  const [x, y] = [key(a, column), key(b, column)];
  if ((x === "") !== (y === "")) return x === "" ? 1 : -1;
  const way = sort().startsWith("-") ? -1 : 1;
  const found = typeof x === "number" ? x - y : collator.compare(x, y);
  return way * found || collator.compare(key(a, 0), key(b, 0)) || a.dataset.id - b.dataset.id;
}

/** Text, or where a column has none a number: how long it lasts. */
function key(row, column) {
  const cell = row.cells[column];
  if ("sort" in cell.dataset) return cell.dataset.sort;
  const time = cell.querySelector("time");
  return time ? -Number(time.dataset.since) : "";
}

function sortAll() {
  order.sort(compare);
  if (order.some((row, at) => row !== body.rows[at])) body.append(...order);
}

/** Move one row to its place; the others stay where they are. */
function place(row) {
  const at = order.indexOf(row);
  const fits =
    at >= 0 &&
    (at === 0 || compare(order[at - 1], row) <= 0) &&
    (at === order.length - 1 || compare(row, order[at + 1]) <= 0);
  if (fits) return;
  if (at >= 0) order.splice(at, 1);
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(order[middle], row) <= 0) low = middle + 1;
    else high = middle;
  }
  body.insertBefore(row, order[low] ?? null);
  order.splice(low, 0, row);
}

// --- rows ----------------------------------------------------------------------------------

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = `<table><tbody>${Object.values(html).join("")}</tbody></table>`;
  return [...template.content.querySelectorAll("tr")];
}

const marks = ({ dataset }) => `${dataset.stale} ${dataset.unconfirmed}`;

function put(fresh, whole) {
  const { id, version } = fresh.dataset;
  const old = rows.get(id);
  const newer = old ? Number(version) - Number(old.dataset.version) : 1;
  if (newer === 0 ? marks(fresh) === marks(old) : newer < 0 && !whole) return;
  rows.set(id, fresh);
  tick(fresh);
  if (old) {
    const focused = old.contains(document.activeElement);
    mark(old, fresh);
    old.replaceWith(fresh);
    order[order.indexOf(old)] = fresh;
    if (focused) fresh.querySelector("a").focus();
  }
  place(fresh);
}

const still = (cell) => cell.innerHTML.replace(/>[^<]*<\/time>/g, "></time>");

/** Only what changed catches the eye. */
function mark(old, fresh) {
  for (const [at, cell] of [...fresh.cells].entries()) {
    if (still(cell) !== still(old.cells[at])) cell.classList.add("changed");
  }
}

function remove(id) {
  const row = rows.get(String(id));
  if (!row) return;
  rows.delete(String(id));
  order.splice(order.indexOf(row), 1);
  row.remove();
}

function show() {
  const totals = {};
  let shown = 0;
  for (const row of order) {
    const counted = counts(row);
    const { status } = row.dataset;
    if (counted) totals[status] = (totals[status] ?? 0) + 1;
    const visible = counted && (!value("status") || status === value("status"));
    if (row.hidden === visible) row.hidden = !visible;
    if (visible) shown += 1;
  }
  for (const tile of document.querySelectorAll("#tiles .tile")) count(tile, totals[tile.dataset.status] ?? 0);
  document.getElementById("shown").value = `${shown === order.length ? "" : `${shown} of `}${order.length} agent${order.length === 1 ? "" : "s"}`;
  document.getElementById("no-agents").hidden = order.length > 0;
  document.getElementById("no-match").hidden = shown > 0 || order.length === 0;
  document.getElementById("agents").hidden = shown === 0;
}

function count(tile, number) {
  const shown = tile.querySelector(".count");
  if (shown.textContent !== String(number)) shown.textContent = number;
  tile.toggleAttribute("data-none", number === 0);
}

/** Statuses, teams and queues as they are called now; what is chosen stays chosen. */
function arrange(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const select of filters.querySelectorAll("select")) {
    const { value: chosen } = select;
    select.replaceChildren(...template.content.querySelector(`select[name=${select.name}]`).options);
    select.value = chosen;
    if (select.selectedIndex < 0) select.value = "";
  }
  document.getElementById("tiles").replaceChildren(...template.content.getElementById("tiles").children);
  looked();
}

function tellLinks(html) {
  const links = document.getElementById("links");
  links.innerHTML = html;
  tick(links);
}

let tiles = "";
listen((message) => {
  if ("links" in message) tellLinks(message.links);
  if (message.tiles && message.tiles !== tiles) arrange((tiles = message.tiles));
  if (message.strip) {
    strip.put(message.strip);
    strip.mark(value("queue"));
  }
  if (!message.rows) return;
  if (message.snapshot) for (const id of [...rows.keys()]) if (!(id in message.rows)) remove(id);
  for (const id of message.gone ?? []) remove(id);
  for (const fresh of parse(message.rows)) put(fresh, message.snapshot);
  show();
});

// --- what people do ------------------------------------------------------------------------

function looked() {
  history.replaceState(null, "", url());
  for (const tile of document.querySelectorAll("#tiles .tile")) {
    if (tile.dataset.status === value("status")) tile.setAttribute("aria-current", "true");
    else tile.removeAttribute("aria-current");
  }
  strip.mark(value("queue"));
  document.getElementById("clear").hidden = url() === location.pathname;
  show();
}

function sortBy(wanted) {
  filters.elements.sort.value = sort() === wanted ? `-${wanted}` : wanted;
  for (const head of heads) {
    const own = head.classList.contains(`c-${wanted}`);
    if (own) head.setAttribute("aria-sort", sort().startsWith("-") ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  sortAll();
  looked();
}

function toggle(name, wanted) {
  filters.elements[name].value = value(name) === wanted ? "" : wanted;
  looked();
}

filters.addEventListener("input", looked);
filters.addEventListener("submit", (event) => event.preventDefault());

const dialog = document.getElementById("dialog");

document.getElementById("monitor").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a, [data-close]");
  if (!link) return;
  if (link.matches(".tile")) toggle("status", link.dataset.status);
  else if (link.matches(".queue")) toggle("queue", link.dataset.queue);
  else if (link.dataset.key) sortBy(link.dataset.key);
  else if (link.closest(".c-agent")) open(link);
  else if (link.matches("[data-close]")) dialog.close();
  else return;
  event.preventDefault();
});

async function open(link) {
  // Should the form not come, its place says so: nobody else's form may be there.
  document.getElementById("dialog-body").replaceChildren(document.getElementById("no-form").content.cloneNode(true));
  await htmx.ajax("GET", link.getAttribute("href"), { target: "#dialog-body", swap: "innerHTML" }).catch(() => {});
  if (!dialog.open) dialog.showModal();
  tick(dialog);
}

dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
document.body.addEventListener("mode-set", () => dialog.close());
sortAll();
show();
