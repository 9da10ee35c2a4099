// The menu of saved views: opens them in place, and knows which one shows.

import { changed, open, url } from "./view.js";

const menu = () => document.getElementById("views");
const plain = (query) => new URLSearchParams(query).toString();

/** Say which view shows, and save what shows now. */
function follow() {
  const links = [...menu().querySelectorAll("[data-view]")];
  const shown = links.find((link) => plain(link.search) === plain(url()));
  for (const link of links) {
    if (link === shown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const place = menu().querySelector(".current");
  place.textContent = shown && shown !== links[0] ? shown.firstChild.textContent.trim() : place.dataset.none;
  menu().querySelector("[name=query]").value = url();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#views [data-view]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  menu().open = false;
  open(link.search);
  menu().querySelector("summary").focus();
});

// A menu that came from the server takes the place of the old one; whoever was in it stays there.
let focused = "";
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "views") focused = document.activeElement?.id ?? "";
});
document.addEventListener("htmx:afterSettle", () => {
  if (!menu()) return;
  follow();
  if (focused) document.getElementById(focused)?.focus();
  focused = "";
});
changed(follow);
follow();
