// What changed catches the eye for a moment. Not by an animation: while one runs, the browser draws
// every frame, and on a busy floor one always runs.

const LASTS = 1200; // milliseconds
const lit = [];
let timer = 0;

export function flash(cell) {
  cell.classList.add("changed");
  lit.push({ cell, until: performance.now() + LASTS });
  timer ||= setTimeout(calm, LASTS);
}

function calm() {
  const now = performance.now() + LASTS / 4; // a few at a time
  while (lit.length && lit[0].until <= now) lit.shift().cell.classList.remove("changed");
  timer = lit.length ? setTimeout(calm, lit[0].until - performance.now()) : 0;
}
