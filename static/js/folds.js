// On a phone the criteria start folded, and stay as the reader left them while the page is open.
const narrow = window.matchMedia("(max-width: 43.74rem)");
let left = null;

function fold(root) {
  const criteria = root.querySelector("[data-criteria]");
  if (!criteria) return;
  criteria.open = left === null ? !narrow.matches : left;
  criteria.addEventListener("toggle", () => {
    left = criteria.open;
  });
}

export function bindFolds() {
  fold(document);
  document.addEventListener("htmx:afterSettle", (event) => fold(event.detail.elt));
}
