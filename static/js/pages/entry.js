// Keeps an entry as it is typed, and pins selected words to the field in focus. Without this, "Save draft" does the same.
const WAIT = 1500; // milliseconds of quiet before a draft is kept
const AGAIN = 10_000; // milliseconds until what did not arrive is sent again
const AT_CLOSING = 60_000; // letters
const LONGEST_NAME = 24; // letters of a field's label on the button
const form = document.getElementById("quote-form");
const open = form?.querySelector("[data-saved]");
let timer = null;
let busy = null; // the save that is under way
let stale = false;

function tellField(field, answer) {
  const key = field.dataset.asked;
  const sentence = answer.problems[key] ?? "";
  const problem = field.querySelector("[data-problem]");
  problem.textContent = sentence;
  problem.hidden = !sentence;
  for (const input of field.querySelectorAll("[aria-describedby]")) input.setAttribute("aria-invalid", String(Boolean(sentence)));
  if (answer.asked) field.hidden = !answer.asked.includes(key);
  if (answer.quotes) tellQuotes(field, answer.quotes[key] ?? "");
}

function tellQuotes(field, quotes) {
  const place = field.querySelector("[data-quotes]");
  const hadFocus = place.contains(document.activeElement);
  place.innerHTML = quotes;
  if (hadFocus) field.querySelector("input, select, textarea").focus();
}

function tell(answer) {
  if (answer.saves !== undefined) form.elements.saves.value = answer.saves;
  open.textContent = answer.saved;
  const refused = form.querySelector("[data-refused]");
  refused.hidden = !answer.sentence;
  refused.textContent = answer.sentence;
  for (const field of form.querySelectorAll("[data-asked]")) tellField(field, answer);
  for (const told of form.querySelectorAll("[data-computed]")) told.value = answer.computed?.[told.dataset.computed] ?? told.dataset.unknown;
}

async function send(act) {
  const body = new URLSearchParams([...new FormData(form)]);
  if (act) body.set("act", act);
  // What is sent while the page closes still arrives, unless it is larger than browsers promise.
  const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: String(body).length < AT_CLOSING });
  if (!response.headers.get("Content-Type")?.includes("json")) throw new Error(response.status);
  stale = response.status === 409;
  const answer = await response.json();
  tell(answer);
  if (act === "pin" && !answer.sentence && !answer.problems[form.elements.field.value]) pinned();
}

async function save(act = "") {
  clearTimeout(timer);
  timer = null;
  await busy;
  if (stale) return;
  open.textContent = "Saving";
  busy = send(act).catch(() => {
    open.textContent = "Not saved: no connection. What you typed stays here and is sent again by itself.";
    timer = setTimeout(() => save(act), AGAIN);
  });
  await busy;
  busy = null;
}

function pinned() {
  for (const name of ["text", "before", "after"]) form.elements[name].value = "";
  document.getElementById("live").textContent = `Pinned to ${nameOf(form.elements.field.value)}.`;
}

const nameOf = (key) => [...form.elements.field.options].find((one) => one.value === key)?.text ?? "";

// Says which field the next quote is pinned to.
function choose(key) {
  if (!form.elements.field || !nameOf(key)) return;
  form.elements.field.value = key;
  const name = nameOf(key);
  const told = document.querySelector("[data-pin-to]");
  if (told) told.textContent = ` to ${name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name}`;
}

function submit(event) {
  clearTimeout(timer);
  const act = event.submitter?.value ?? "";
  if (stale || !(act === "pin" || act.startsWith("unpin:"))) return;
  event.preventDefault(); // the reader stays at its page
  save(act);
}

if (open) {
  form.addEventListener("input", (event) => {
    if (event.target.closest(".asked")) {
      clearTimeout(timer);
      timer = setTimeout(() => save(), WAIT);
    }
    if (event.target === form.elements.field) choose(event.target.value);
  });
  document.addEventListener("visibilitychange", () => {
    if (timer && document.visibilityState === "hidden") save();
  });
  form.addEventListener("submit", submit);
  form.addEventListener("focusin", (event) => choose(event.target.closest("[data-asked]")?.dataset.asked));
  choose(location.hash.slice(3) || form.elements.field?.value);
  // On a narrow screen the form is behind the PDF: what is to be read in it comes first.
  if (location.hash || form.querySelector(".panel :is(.notice, .error):not([hidden])")) document.querySelector('[data-show-part="criteria"]')?.click();
}
