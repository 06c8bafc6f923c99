// What folds: criteria on a phone (they stay as the reader left them while the page is open), the menu, the sheet of the account.
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

// The pages of a review, and what waits beside a conflict, stand open on a wide page and fold on a narrow one. Without this the first starts folded on a narrow page only, by style, the other open.
function foldMenu(menu) {
  const one = window.matchMedia("(max-width: 56.24rem)");
  const follow = () => { menu.open = !one.matches; };
  follow();
  menu.dataset.folds = "";
  one.addEventListener("change", follow);
}

// A sheet, of the account or of more pages, goes with Escape and with a press elsewhere.
function foldSheet(sheet) {
  document.addEventListener("click", (event) => {
    if (!sheet.contains(event.target)) sheet.open = false;
  });
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    sheet.open = false;
    sheet.querySelector("summary").focus();
  });
}

export function bindFolds() {
  document.querySelectorAll("[data-menu]").forEach(foldMenu);
  document.querySelectorAll("[data-sheet]").forEach(foldSheet);
  fold(document);
  document.addEventListener("htmx:afterSettle", (event) => fold(event.detail.elt));
}
