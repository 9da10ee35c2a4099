// The Agent Monitor: takes what the socket tells, and has it shown once a frame.

import { tick } from "./clock.js";
import { listen } from "./live.js";
import "./monitor/dialog.js";
import "./monitor/drops.js";
import * as filters from "./monitor/filters.js";
import * as groups from "./monitor/groups.js";
import * as keys from "./monitor/keys.js";
import "./monitor/layout.js";
import * as rows from "./monitor/rows.js";
import * as selection from "./monitor/selection.js";
import { changed, view } from "./monitor/view.js";
import "./monitor/views.js";
import * as strip from "./strip.js";

const table = document.getElementById("agents");

// What came since the last frame: of each agent only the latest counts, so a tab that is hidden for
// hours, and gets no frame, keeps no more than the floor has.
const news = { rows: new Map(), gone: new Set(), whole: new Set(), ids: null };
let asked = false;

listen((message) => {
  if ("links" in message) tellLinks(message.links);
  if (message.tiles) rename(message.tiles);
  if (message.strip) {
    strip.put(message.strip);
    strip.mark(view.queue);
  }
  if (!message.rows) return;
  if (message.snapshot) Object.assign(news, { rows: new Map(), gone: new Set(), whole: new Set(), ids: new Set(message.ids.map(String)) });
  for (const id of message.gone ?? []) {
    news.rows.delete(String(id));
    news.gone.add(String(id));
  }
  for (const [id, html] of Object.entries(message.rows)) {
    news.rows.set(id, html);
    news.gone.delete(id);
    if (message.snapshot || message.part) news.whole.add(id);
  }
  if (!asked) requestAnimationFrame(() => keys.keep(takeNews));
  asked = true;
});

function takeNews() {
  asked = false;
  const { rows: fresh, gone, whole, ids } = news;
  Object.assign(news, { rows: new Map(), gone: new Set(), whole: new Set(), ids: null });
  if (ids) for (const id of rows.records.keys()) if (!ids.has(id) && !fresh.has(id)) gone.add(id);
  for (const id of gone) if (rows.records.has(id)) groups.drop(rows.remove(id));
  for (const row of rows.parse([...fresh.values()])) {
    const record = rows.put(row, whole.has(row.dataset.id));
    if (record) groups.put(record);
  }
  show();
}

function show() {
  filters.count();
  groups.count();
  selection.settle();
}

let lists = "";
function rename(html) {
  if (html === lists) return;
  lists = html;
  filters.rename(html);
  groups.rename();
  show();
}

function tellLinks(html) {
  const links = document.getElementById("links");
  links.innerHTML = html;
  tick(links);
}

changed((names) => keys.keep(() => {
  if (names.includes("group")) groups.arrange(true);
  else if (names.includes("sort") || names.includes("top")) groups.arrange(false);
  show();
}));

table.addEventListener("click", ({ target }) => {
  const button = target.closest(".fold");
  if (button) groups.toggle(button.closest("tbody").dataset.group);
});

for (const body of table.tBodies) {
  groups.adopt(body);
  for (const row of body.querySelectorAll("tr[data-id]")) rows.adopt(row, body.dataset.group);
}
groups.fill();
keys.keep(show);

// Who may not watch any more keeps nothing of what they saw; a dialog still says what became of it.
document.addEventListener("ended", () => {
  for (const part of document.querySelectorAll("#monitor > :not(dialog, template)")) part.remove();
});
