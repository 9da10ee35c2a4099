// Desktop notifications of alerts, once somebody has asked for them in this browser.

const KEY = "rollcall.alerts.notify";
const button = document.getElementById("alerts-notify");
const shown = new Map();

const wanted = () => localStorage.getItem(KEY) === "on";

function state() {
  if (!wanted()) return "off";
  return Notification.permission === "granted" ? "on" : "blocked";
}

function label() {
  const now = state();
  button.dataset.state = now;
  button.setAttribute("aria-pressed", String(now === "on"));
  button.querySelector("span").textContent = button.dataset[now];
}

/** One for all of `items`, in `words`. Its tag keeps another tab from showing it as well. */
export function show(items, words) {
  if (!("Notification" in window) || state() !== "on") return;
  const tag = items[0].dataset.crossing;
  const notice = new Notification(words, { tag, icon: document.querySelector("link[rel=icon]").href });
  notice.onclick = () => {
    focus();
    notice.close();
  };
  shown.set(tag, notice);
}

/** What is over, or known of, need not be read any more. */
export function closeAllBut(crossings) {
  for (const [tag, notice] of shown) {
    if (crossings.has(tag)) continue;
    notice.close();
    shown.delete(tag);
  }
}

async function toggle() {
  const on = state() !== "on";
  localStorage.setItem(KEY, on ? "on" : "off");
  if (on && Notification.permission !== "granted") await Notification.requestPermission();
  label();
}

// Browsers have them on secure pages only.
if ("Notification" in window && isSecureContext) {
  button.addEventListener("click", toggle);
  addEventListener("storage", ({ key }) => key === KEY && label());
  button.hidden = false;
  label();
}
