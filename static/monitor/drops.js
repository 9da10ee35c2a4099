// Panels that drop down: one at a time, closed by Escape and by a click beside them.

const open = () => document.querySelector(".monitor .drop[open]");

document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.(".drop") || !target.open) return;
  for (const other of document.querySelectorAll(".drop[open]")) if (other !== target) other.open = false;
}, true);

document.addEventListener("click", ({ target }) => {
  if (open() && !open().contains(target)) open().open = false;
});

/** Close the panel that is open, if one is: the focus goes back to what opened it. */
export function close() {
  const panel = open();
  if (!panel) return false;
  panel.open = false;
  panel.querySelector("summary").focus();
  return true;
}
