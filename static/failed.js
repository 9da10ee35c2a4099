// What did not get through is said where it was done: in the bar, or in the dialog.

const WHY = {
  401: "You are signed out. Load this page again.",
  403: "This page is out of date. Load it again.",
  404: "This agent has left the floor.",
};

for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    const place = detail.target.closest("#bar, #dialog-body")?.querySelector(".refusal");
    if (place) place.textContent = WHY[detail.xhr.status] ?? "That did not get through. Try again.";
  });
}
