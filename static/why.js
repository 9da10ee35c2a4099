// Help on "why am I not getting calls?": the microphone is asked for by a click, and who used one of
// its buttons stays there.

const why = () => document.getElementById("why");
let inside = false;

function ready() {
  for (const button of document.querySelectorAll("[data-ask-microphone]")) button.hidden = false;
}

document.addEventListener("click", async ({ target }) => {
  if (!target.closest?.("[data-ask-microphone]")) return;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of stream.getTracks()) track.stop();
    htmx.ajax("POST", "/me/microphone/", { target: "#bar", values: { granted: "1" } });
  } catch {
    target.remove(); // it is not asked again: what is said beside it is what helps
    why().focus();
  }
});

document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "me") inside = why().contains(document.activeElement);
});
document.body.addEventListener("htmx:afterSettle", () => {
  ready();
  if (inside && document.activeElement === document.body) why().focus();
  inside = false;
});
ready();
if (location.hash === "#why") why().focus();
addEventListener("hashchange", () => location.hash === "#why" && why().focus());
