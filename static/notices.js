// Notices: shown for a while when they come, on the desktop too, and there once for all tabs.

import { now } from "./clock.js";

const FRESH = 60_000; // milliseconds; older ones are under the bell only
const LASTS = 12_000;
const toasts = document.getElementById("toasts");
const mould = document.getElementById("toast").content.firstElementChild;
const notices = () => [...document.querySelectorAll("#bar-bell [data-notice]")].reverse();

/** Show what is new. Call after every change of the bar. */
function look() {
  const items = notices();
  for (const item of items) if (isFresh(item)) tell(item);
  const unread = new Set(items.filter((item) => "unread" in item.dataset).map((item) => item.dataset.notice));
  for (const toast of [...toasts.children]) if (!unread.has(toast.dataset.notice)) close(toast);
  offerDesktop();
}

const isFresh = ({ dataset }) => now() - Number(dataset.at) < FRESH;

function tell(item) {
  const id = Number(item.dataset.notice);
  if ("unread" in item.dataset && id > Number(sessionStorage.toasted ?? 0)) {
    sessionStorage.toasted = id;
    toast(item);
  }
  if ("desktop" in item.dataset) onDesktop(item, id);
}

function toast(item) {
  const shown = mould.cloneNode(true);
  shown.dataset.notice = item.dataset.notice;
  shown.querySelector("svg").replaceWith(item.querySelector("svg").cloneNode(true));
  shown.querySelector("b").textContent = title(item);
  shown.querySelector("span").textContent = text(item);
  shown.querySelector("button").onclick = () => read(shown);
  toasts.append(shown);
  let left = setTimeout(() => close(shown), LASTS);
  for (const stay of ["pointerenter", "focusin"]) shown.addEventListener(stay, () => clearTimeout(left));
  for (const go of ["pointerleave", "focusout"])
    shown.addEventListener(go, () => {
      clearTimeout(left);
      left = setTimeout(() => close(shown), LASTS);
    });
}

const title = (item) => item.querySelector("b").lastChild.textContent;
const text = (item) => item.querySelector(".told > span").textContent;

function close(toast) {
  const focused = toast.contains(document.activeElement);
  toast.remove();
  if (focused) document.getElementById("bar-bell-summary").focus();
}

function read(toast) {
  const button = document.getElementById(`bar-read-${toast.dataset.notice}`);
  close(toast);
  button?.click();
}

// --- the desktop -------------------------------------------------------------------------------

const known = "Notification" in window && "locks" in navigator;
const says = () => (known ? Notification.permission : "none");

/** The first tab that comes to it shows it; the others see that it was shown. */
function onDesktop(item, id) {
  if (says() !== "granted") return;
  navigator.locks.request("rollcall-desktop", () => {
    if (id <= Number(localStorage.onDesktop ?? 0)) return;
    localStorage.onDesktop = id;
    const note = new Notification(title(item), { body: text(item), tag: `rollcall-${id}` });
    note.onclick = () => {
      window.focus();
      note.close();
    };
    // What is stored reaches a tab that is a process of its own a moment later.
    return new Promise((done) => setTimeout(done, 100));
  });
}

function offerDesktop() {
  for (const button of document.querySelectorAll("[data-ask-desktop]")) button.hidden = says() !== "default";
  for (const line of document.querySelectorAll("[data-desktop-says]")) line.hidden = line.dataset.desktopSays !== says();
}

document.addEventListener("click", async ({ target }) => {
  if (!target.closest?.("[data-ask-desktop]")) return;
  await Notification.requestPermission();
  offerDesktop();
});

document.body.addEventListener("bar-changed", look);
look();
