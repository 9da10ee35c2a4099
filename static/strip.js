// The queue strip: puts changed cards in place, and leaves their order alone while somebody points.

import { tick } from "./clock.js";

const strip = document.getElementById("strip");
const cards = new Map([...strip.children].map((card) => [card.dataset.queue, card]));
let order = [...cards.keys()];

/** `order` has every queue, `cards` those that changed. */
export function put({ order: wanted, cards: changed }) {
  order = wanted.map(String);
  for (const [id, html] of Object.entries(changed)) replace(id, parse(html));
  for (const id of cards.keys()) if (!order.includes(id)) close(id);
  strip.hidden = order.length === 0;
  arrange();
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function replace(id, fresh) {
  const old = cards.get(id);
  const focused = old && old === document.activeElement;
  cards.set(id, fresh);
  tick(fresh);
  if (old) old.replaceWith(fresh);
  else strip.append(fresh);
  if (focused) fresh.focus({ preventScroll: true });
}

function close(id) {
  cards.get(id).remove();
  cards.delete(id);
}

function arrange() {
  if (strip.matches(":hover, :focus-within")) return;
  if (order.some((id, at) => cards.get(id) !== strip.children[at])) strip.append(...order.map((id) => cards.get(id)));
}

strip.addEventListener("pointerleave", arrange);
strip.addEventListener("focusout", () => setTimeout(arrange));

/** Mark the queues that the monitor is filtered by. */
export function mark(queues) {
  for (const [id, card] of cards) {
    if (queues.includes(id)) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  }
}
