// The dialog in which supervisors act: its forms come from the server.

import { tick } from "../clock.js";

const dialog = document.getElementById("dialog");

/** Fetch a form and show it. */
export async function open(method, address, values) {
  // Should the form not come, its place says so: nobody else's form may be there.
  document.getElementById("dialog-body").replaceChildren(document.getElementById("no-form").content.cloneNode(true));
  await htmx.ajax(method, address, { target: "#dialog-body", swap: "innerHTML", values }).catch(() => {});
  if (!dialog.open) dialog.showModal();
  tick(dialog);
}

document.getElementById("main").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest(".act, [data-dialog], [data-close]");
  if (!link) return;
  if (link.matches("[data-close]")) dialog.close();
  else open("GET", link.getAttribute("href"));
  event.preventDefault();
});
dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
document.body.addEventListener("mode-set", () => dialog.close());
