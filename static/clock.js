// The server's clock in the browser, and every duration on the page that runs by it.

let base = Number(document.body.dataset.now) - performance.now();

/** Take the server's time (milliseconds). The latest of close readings is the least delayed. */
export function sync(now) {
  const found = now - performance.now();
  if (found > base || base - found > 1000) base = found;
}

const { days: inDays, justNow, minutesAgo, hoursAgo, daysAgo } = document.body.dataset;

/** The server's time now, in milliseconds, whatever the browser's clock says. */
export const now = () => base + performance.now();

/** 0:07, 12:34, 1:02:03, 2d 03:04. Never negative. */
export function duration(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [minutes, second] = [Math.floor(whole / 60), whole % 60];
  const [hours, minute] = [Math.floor(minutes / 60), minutes % 60];
  const [days, hour] = [Math.floor(hours / 24), hours % 24];
  if (days) return inDays.replace("{days}", days).replace("{time}", `${two(hour)}:${two(minute)}`);
  return hour ? `${hour}:${two(minute)}:${two(second)}` : `${minute}:${two(second)}`;
}

/** How long ago in the largest unit: just now, 17 min ago, 3 h ago, 2 d ago. */
function ago(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes >= 1440) return daysAgo.replace("{number}", Math.floor(minutes / 1440));
  if (minutes >= 60) return hoursAgo.replace("{number}", Math.floor(minutes / 60));
  return minutes >= 1 ? minutesAgo.replace("{number}", minutes) : justNow;
}

/** Bring the durations in `root` up to date. */
export function tick(root = document) {
  const at = now();
  for (const time of root.querySelectorAll("time[data-since], time[data-until], time[data-ago]")) run(time, at);
}

// Of a long table only the rows in sight are kept right, each second; one that comes into sight is
// right at once. A row that is new counts as in sight until the browser says that it is not.
const table = document.querySelector("[data-long]");
const inSight = new Set();

/** Keep a row of that table right from now on. */
export function watch(row) {
  tick(row);
  inSight.add(row);
}

table?.addEventListener("contentvisibilityautostatechange", ({ target, skipped }) => {
  if (skipped) inSight.delete(target);
  else watch(target);
});

function tickAll(parts = document.body.children) {
  for (const part of parts) {
    if (!part.contains(table)) tick(part);
    else if (part !== table) tickAll(part.children);
  }
}

function beat() {
  tickAll();
  for (const row of inSight) {
    if (row.isConnected) tick(row);
    else inSight.delete(row);
  }
}

function run(time, at) {
  const { since, until, ago: past, max, critical } = time.dataset;
  const span = since ? at - since : until - at;
  const text = past ? ago(at - past) : duration(span);
  if (time.textContent !== text) time.firstChild.data = text;
  if (max) mark(time, "data-over", span > max * 1000);
  if (critical) mark(time, "data-critical-over", span > critical * 1000);
}

function mark(time, name, is) {
  if (time.hasAttribute(name) !== is) time.toggleAttribute(name, is);
}

// Pages tell times of day in the viewer's own zone, once the server knows it.
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
document.cookie = `timezone=${timeZone}; path=/; max-age=31536000; samesite=lax`;

for (const row of table?.querySelectorAll("tr") ?? []) {
  if (row.checkVisibility({ contentVisibilityAuto: true })) inSight.add(row);
}
setInterval(() => document.hidden || beat(), 1000);
document.addEventListener("visibilitychange", () => document.hidden || beat());
beat();
