// A call that rings: said in the page's title and to screen readers. It takes the focus from nobody.

const title = document.title;
let ringing = "";

/** Call after every change of the bar. */
export function ring() {
  const offer = document.getElementById("bar-offer");
  const leg = offer?.dataset.leg ?? "";
  if (leg === ringing) return;
  ringing = leg;
  document.title = offer?.dataset.title ?? title;
  document.getElementById("announcement").textContent = offer?.ariaLabel ?? "";
  // Where nobody is at work on the page, the next Tab leads to the answer; Space and Enter do not.
  if (offer && document.activeElement === document.body) offer.focus({ preventScroll: true });
}
