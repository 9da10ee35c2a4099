// Fits a wallboard's queues to its screen: as big as they go, and in pages where they are too many.

const EVERY = 15_000;
const [WIDTH, HEIGHT] = [18, 9.8]; // the least that a queue needs, in the size of its letters
const [queues, controls, pause] = ["queues", "pages", "pause"].map((id) => document.getElementById(id));

let at = 0;
let pages = 1;
let paused = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Columns and rows that show `count` queues the largest, on as few pages as it takes. */
export function grid(count, width, height) {
  const columns = Math.max(1, Math.floor(width / WIDTH));
  const rows = Math.max(1, Math.floor(height / HEIGHT));
  const each = Math.ceil(count / Math.ceil(count / (columns * rows)));
  const scale = (across) => Math.min(width / across / WIDTH, height / Math.ceil(each / across) / HEIGHT);
  const fitting = Array.from({ length: columns }, (_, index) => index + 1).filter((across) => across * rows >= each);
  const best = fitting.reduce((one, other) => (scale(other) > scale(one) ? other : one));
  return { columns: best, rows: Math.ceil(each / best), each };
}

export function arrange() {
  if (!queues.clientWidth) return; // it is not shown, or the link was revoked
  const cards = [...queues.children];
  controls.hidden = true;
  if (cards.length === 0) return;
  let fit = measure(cards.length);
  pages = Math.ceil(cards.length / fit.each);
  if (pages > 1) {
    controls.hidden = false; // which takes room of its own
    fit = measure(cards.length);
    pages = Math.ceil(cards.length / fit.each);
  }
  at %= pages;
  queues.style.setProperty("--columns", fit.columns);
  queues.style.setProperty("--rows", fit.rows);
  queues.toggleAttribute("data-fit", true);
  cards.forEach((card, index) => (card.hidden = Math.floor(index / fit.each) !== at));
  document.getElementById("at").textContent = at + 1;
  document.getElementById("pages-all").textContent = pages;
  pause.setAttribute("aria-pressed", paused);
}

function measure(count) {
  const letter = parseFloat(getComputedStyle(queues).fontSize);
  return grid(count, queues.clientWidth / letter, queues.clientHeight / letter);
}

function turn(by) {
  at = (at + by + pages) % pages;
  arrange();
}

let turning = setInterval(() => paused || turn(1), EVERY);

function turnByHand(by) {
  clearInterval(turning); // whoever turns a page has its whole time
  turning = setInterval(() => paused || turn(1), EVERY);
  turn(by);
}

document.getElementById("previous").addEventListener("click", () => turnByHand(-1));
document.getElementById("next").addEventListener("click", () => turnByHand(1));
pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", paused);
});
new ResizeObserver(arrange).observe(queues);
