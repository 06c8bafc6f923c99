// What is typed or answered stays in this tab until it is sent: over a step to another record, a reload, a vote in another form, a page that the phone gave up.
import { user } from "../unsent.js";

const cast = new Set(); // forms that are on their way

const nameOf = (form) => `draft ${user} ${form.getAttribute("action")}`;
const formsIn = (root) => [...(root.matches?.("form[data-draft]") ? [root] : []), ...root.querySelectorAll("form[data-draft]")];
const written = (form) => [...form.elements].filter((one) => one.name && /^(textarea|radio)$/.test(one.type));
const isShown = (form) => form.isConnected && form.getClientRects().length > 0;

function valuesOf(form, value, checked) {
  const fields = written(form);
  const found = Object.fromEntries(fields.filter((one) => one.type === "radio").map((one) => [one.name, ""]));
  for (const one of fields) if (one.type !== "radio" || one[checked]) found[one.name] = one.type === "radio" ? one.value : one[value];
  return found;
}

function keep(form) {
  const now = valuesOf(form, "value", "checked");
  const before = valuesOf(form, "defaultValue", "defaultChecked");
  const fields = Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== before[name]));
  if (!Object.keys(fields).length) sessionStorage.removeItem(nameOf(form));
  else sessionStorage.setItem(nameOf(form), JSON.stringify({ read: form.elements.read?.value, fields }));
}

// Answers belong to the version of the criteria that was read; words do to the record.
function restore(form) {
  const { read, fields } = JSON.parse(sessionStorage.getItem(nameOf(form)) ?? "{}");
  if (!fields) return;
  const isSame = read === form.elements.read?.value;
  for (const one of written(form).filter((field) => field.name in fields)) {
    if (one.type !== "radio") one.value = fields[one.name];
    else if (isSame) one.checked = one.value === fields[one.name];
    if (fields[one.name]) one.closest("details")?.setAttribute("open", "");
  }
  form.querySelector("[data-criterion]")?.dispatchEvent(new Event("change", { bubbles: true }));
}

function forgetCast() {
  for (const form of [...cast].filter((one) => !isShown(one))) {
    sessionStorage.removeItem(nameOf(form));
    cast.delete(form);
  }
}

function changed({ target }) {
  const form = target.closest?.("form[data-draft]");
  if (!form) return;
  cast.delete(form);
  keep(form);
}

function submitted({ target, submitter }) {
  if (!target.matches("[data-draft]") || submitter?.hasAttribute("formaction")) return; // postponed is not cast
  cast.add(target);
  setTimeout(forgetCast); // shown as cast at once where it is sent from the browser's store
}

function begin() {
  for (const name of ["input", "change"]) document.addEventListener(name, changed);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("htmx:sendError", () => cast.clear());
  document.addEventListener("htmx:responseError", () => cast.clear());
  document.addEventListener("htmx:afterSettle", ({ detail: { elt } }) => {
    forgetCast();
    formsIn(elt).forEach(restore);
  });
  window.addEventListener("pagehide", () => cast.forEach((form) => sessionStorage.removeItem(nameOf(form))));
  formsIn(document).forEach(restore);
}

begin();
