// The plain way to show the floor: on every message the whole table is written anew.

import { tick } from "./clock.js";
import { listen } from "./live.js";

const body = document.querySelector("#agents tbody");
const rows = new Map();

listen((message) => {
  if (!message.rows) return;
  for (const [id, html] of Object.entries(message.rows)) rows.set(id, html);
  body.innerHTML = [...rows.values()].join("");
  tick(body);
});
