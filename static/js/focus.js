// After a swap the focus goes to the next heading, and the live region says what happened.
export function bindFocus() {
  document.addEventListener("htmx:afterSettle", (event) => {
    const swapped = event.detail.elt;
    const said = swapped.querySelector("[data-announce]");
    if (said) document.getElementById("live").textContent = said.dataset.announce;
    const heading = swapped.querySelector("[data-focus]");
    if (heading && swapped.matches("[data-moves-focus]")) {
      heading.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
  });
  // A refused act answers with a page of its own: show it rather than nothing.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([403, 404, 409].includes(event.detail.xhr.status)) {
      const answer = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").querySelector("[data-sentence]");
      const notice = document.createElement("p");
      notice.className = "notice bad";
      notice.setAttribute("role", "alert");
      notice.textContent = answer ? answer.textContent : "That is not possible now. Reload the page and try again.";
      event.detail.elt.before(notice);
    }
  });
  document.addEventListener("htmx:sendError", () => {
    document.getElementById("live").textContent = "The site cannot be reached. Nothing was stored; try again in a moment.";
  });
}
