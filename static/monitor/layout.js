// The person's columns and how close the rows stand: applied at once, and kept by the server.

import { arrange, records } from "./rows.js";

const table = document.getElementById("agents");
const form = document.querySelector("#layout form");
const list = form.querySelector(".columns");

function apply() {
  const items = [...list.children];
  const shown = items.filter((item) => item.querySelector("input").checked);
  const hidden = items.filter((item) => !shown.includes(item));
  const keys = (found) => found.map((item) => item.dataset.key).join(" ");
  table.dataset.columns = keys([...shown, ...hidden]);
  table.dataset.hide = keys(hidden);
  table.dataset.own = "";
  table.dataset.density = form.elements.density.value;
  arrange(table.tHead.rows[0]);
  for (const record of records.values()) {
    arrange(record.fresh);
    for (const row of record.rows.values()) arrange(row);
  }
}

async function keep() {
  const place = form.querySelector(".refusal");
  const body = new FormData(form);
  body.append("columns", "agent");
  const headers = { Accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
  place.textContent = answer?.ok ? "" : place.dataset.failed;
}

function changed() {
  apply();
  keep();
}

function move(button) {
  const item = button.closest("li");
  const other = button.name === "up" ? item.previousElementSibling : item.nextElementSibling;
  if (!other || other.dataset.key === "agent") return;
  if (button.name === "up") other.before(item);
  else other.after(item);
  button.focus();
  changed();
}

form.addEventListener("change", changed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.submitter?.name) move(event.submitter);
});
