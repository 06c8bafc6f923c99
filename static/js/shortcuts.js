// Single keys press visible, enabled buttons and links that carry data-shortcut. Off where the account says so (WCAG 2.1.4).
const isOff = () => document.documentElement.dataset.shortcuts === "off";

const isTyping = (target) =>
  target.isContentEditable || /^(textarea|select)$/i.test(target.tagName) ||
  (target.tagName === "INPUT" && !/^(radio|checkbox|button|submit)$/i.test(target.type));

// keyCode 229: an input method is composing, even in browsers that do not say so otherwise.
const isIgnored = (event) =>
  event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing || event.keyCode === 229 ||
  isTyping(event.target) || document.querySelector(":is(dialog[open], :popover-open)") !== null;

const isUsable = (control) => !control.disabled && control.getClientRects().length > 0;

// On a list of cards the keys act on the one that holds the focus.
const card = () => document.activeElement?.closest("[data-card]");

function usable() {
  const [here, page] = [[], []];
  for (const control of [...document.querySelectorAll("[data-shortcut]")].filter(isUsable)) {
    const its = control.closest("[data-card]");
    if (its && its === card()) here.push(control);
    else if (!its) page.push(control);
  }
  return [...here, ...page];
}

const ARROWS = { ArrowLeft: "\u2190", ArrowRight: "\u2192" };

const NEXT = { "": "met", met: "not_met", not_met: "unclear", unclear: "" };

function cycle(place) {
  const page = document.querySelector("[data-card]") ? card() : document;
  const group = page?.querySelector(`[data-criterion="${place}"]`);
  group?.closest("details:not([open])")?.setAttribute("open", "");
  if (!group?.getClientRects().length) return false;
  const now = group.querySelector("input:checked");
  const next = NEXT[now ? now.value : ""];
  if (now) now.checked = false;
  const chosen = group.querySelector(`input[value="${next}"]`);
  if (chosen) chosen.checked = true;
  group.dispatchEvent(new Event("change", { bubbles: true }));
  const word = next === "" ? "not answered" : next.replace("_", " ");
  document.getElementById("live").textContent = `${group.dataset.label}: ${word}.`;
  return true;
}

// Between a press that leads to another page and its arrival, a further key would act on the page that is going.
let isLeaving = false;
const leave = () => {
  isLeaving = true;
  setTimeout(() => { isLeaving = false; }, 3000); // a download leaves nothing
};

function press(event) {
  if (event.key === "Escape" && !event.isComposing && isTyping(event.target)) (event.target.closest("form")?.querySelector("[data-focus]") ?? card())?.focus();
  if (isLeaving || isOff() || isIgnored(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = usable().find((one) => one.dataset.shortcut === key || one.dataset.alias === key);
  if (!control && /^[1-9]$/.test(key) && cycle(key)) event.preventDefault();
  if (!control) return;
  event.preventDefault();
  control.focus({ preventScroll: true });
  control.click();
}

function wordsOf(control) {
  const copy = control.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((mark) => mark.remove());
  return control.getAttribute("aria-label") || copy.textContent.replace(/\s+/g, " ").trim();
}

function add(list, keys, words) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const mark = document.createElement("kbd");
    mark.textContent = key;
    term.append(mark, " ");
  }
  const text = document.createElement("dd");
  text.textContent = words;
  list.append(term, text);
}

function showKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog.querySelector("[data-keys]");
  list.replaceChildren();
  for (const control of usable()) {
    const keys = [control.dataset.shortcut, control.dataset.alias].filter(Boolean);
    add(list, keys.map((key) => ARROWS[key] ?? key.toUpperCase()), wordsOf(control));
  }
  const criteria = usable().some((one) => one.dataset.shortcut === "1") ? 0 : Math.min(document.querySelectorAll("[data-criterion]").length, 9);
  if (criteria) add(list, [criteria > 1 ? `1 to ${criteria}` : "1"], "Answer a criterion: met, not met, unclear, none");
  dialog.showModal();
}

export function bindShortcuts() {
  for (const button of document.querySelectorAll("[data-open-keys]")) {
    button.hidden = false;
    button.addEventListener("click", showKeys);
  }
  document.addEventListener("keydown", press);
  window.addEventListener("beforeunload", leave);
  window.addEventListener("pageshow", () => { isLeaving = false; });
}
