// How long a record was in view before the vote: told with it in a field. The server caps it, and nothing is decided by it.
let looked = 0;
let since = performance.now();
let shown = "";

const isIn = () => (since === null ? 0 : performance.now() - since);

function begin() {
  looked = 0;
  since = document.hidden ? null : performance.now();
}

function pause() {
  looked += isIn();
  since = document.hidden ? null : performance.now();
}

// In the capture phase, so that whoever sends the form, at once or once the connection is back, sends this with it.
function tell(event) {
  const form = event.target.closest?.("form");
  const button = event.submitter || event.target.closest?.("button");
  if (!form?.elements.spent || button?.name !== "decision") return;
  form.elements.spent.value = String(Math.round((looked + isIn()) / 1000));
  setTimeout(begin);
}

// Another record came: its heading takes the focus (focus.js).
function another(event) {
  const form = event.target.matches?.("[data-focus]") && event.target.closest("form");
  if (!form || form.action === shown) return;
  shown = form.action;
  begin();
}

document.addEventListener("visibilitychange", pause);
document.addEventListener("click", tell, true);
document.addEventListener("submit", tell, true);
document.addEventListener("focusin", another);
