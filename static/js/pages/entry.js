// Keeps an entry as it is typed, and pins selected words to the field in focus. Without this, "Save draft" does the same.
const WAIT = 1500; // milliseconds of quiet before a draft is kept
const form = document.getElementById("quote-form");
const open = form?.querySelector("[data-saved]");
let timer = null;
let busy = null; // the save that is under way
let stale = false;

function tell(answer) {
  if (answer.saves !== undefined) form.elements.saves.value = answer.saves;
  open.textContent = answer.saved;
  const refused = form.querySelector("[data-refused]");
  refused.hidden = !answer.sentence;
  refused.textContent = answer.sentence;
  for (const field of form.querySelectorAll("[data-asked]")) {
    const sentence = answer.problems[field.dataset.asked] ?? "";
    const problem = field.querySelector("[data-problem]");
    problem.textContent = sentence;
    problem.hidden = !sentence;
    for (const input of field.querySelectorAll("[aria-describedby]")) input.setAttribute("aria-invalid", String(Boolean(sentence)));
    if (answer.asked) field.hidden = !answer.asked.includes(field.dataset.asked);
  }
  for (const told of form.querySelectorAll("[data-computed]")) told.value = answer.computed?.[told.dataset.computed] ?? told.dataset.unknown;
}

async function send() {
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams([...new FormData(form)]), headers: { Accept: "application/json" } });
  if (!response.headers.get("Content-Type")?.includes("json")) throw new Error(response.status);
  stale = response.status === 409;
  tell(await response.json());
}

async function save() {
  clearTimeout(timer);
  await busy;
  if (stale) return;
  open.textContent = "Saving";
  busy = send().catch(() => { open.textContent = "Not saved: no connection. What you typed stays here; press Save draft."; });
  await busy;
  busy = null;
}

if (open) {
  form.addEventListener("input", (event) => {
    if (event.target.closest(".asked")) {
      clearTimeout(timer);
      timer = setTimeout(save, WAIT);
    }
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  form.addEventListener("focusin", (event) => {
    const asked = event.target.closest("[data-asked]");
    if (asked && form.elements.field) form.elements.field.value = asked.dataset.asked;
  });
}
