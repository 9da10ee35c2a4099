// What did not get through is said where it was done: in the bar, or in the dialog.

const sentences = document.getElementById("failures").content;

function why({ status }) {
  const said = sentences.querySelector(`[data-status="${status}"]`) ?? sentences.firstElementChild;
  return said.cloneNode(true).childNodes;
}

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    const place = detail.target.closest("#bar, #dialog-body")?.querySelector(".refusal");
    if (place) place.replaceChildren(...why(detail.xhr));
  });
}
