// After a swap the focus goes to the next heading and the live region says what happened; what fails is said beside the form.
const UNREACHED = "The site cannot be reached. Nothing was stored; try again in a moment.";
const BROKEN = "That did not work and nothing was stored. Try again; if it stays, reload the page.";

function say(sentence) {
  document.getElementById("live").textContent = sentence;
}

function warn(place, sentence) {
  document.querySelectorAll("[data-warning]").forEach((old) => old.remove());
  const notice = document.createElement("p");
  notice.className = "notice bad warning";
  notice.dataset.warning = "";
  notice.setAttribute("role", "alert");
  notice.textContent = sentence;
  place.before(notice);
}

const pageIn = (xhr) => (/^\s*<!doctype/i.test(xhr.responseText) ? new DOMParser().parseFromString(xhr.responseText, "text/html") : null);

function settle(event) {
  const swapped = event.detail.elt;
  const said = swapped.querySelector("[data-announce]");
  if (said) say(said.dataset.announce);
  const heading = swapped.querySelector("[data-focus]");
  if (heading && swapped.matches("[data-moves-focus]")) {
    heading.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }
}

// A refusal answers with a page of its own: its sentence is shown. A whole page with 200 is a sign-in page: go there and come back here.
function receive(event) {
  const { xhr, elt } = event.detail;
  const page = pageIn(xhr);
  if (xhr.status < 400 && !page) {
    document.querySelectorAll("[data-warning]").forEach((old) => old.remove());
    return;
  }
  event.detail.shouldSwap = false;
  if (xhr.status < 400) window.location.reload();
  else warn(elt, page?.querySelector("[data-sentence]")?.textContent.trim() || BROKEN);
}

export function bindFocus() {
  document.addEventListener("htmx:afterSettle", settle);
  document.addEventListener("htmx:beforeSwap", receive);
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, ({ detail: { elt, target } }) => warn(elt.closest(":popover-open") ? elt : target || elt, UNREACHED));
  }
}
