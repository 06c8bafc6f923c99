// The next records are here before they are asked for: a key shows the next at once, and the vote is sent meanwhile (sending.js).
import { all, forget, keep } from "../unsent.js";
import { WORDS, keepPutOff, keepTakeBack, keepVote, lacksReason } from "./acts.js";
import { held, isCutOff, onAnswer, send, tell, waiting } from "./sending.js";

const page = document.getElementById("keeping").dataset;
const ready = new Map(); // record number -> its #screen, inert
let queue = []; // record numbers as the server told them last
let trail = []; // records shown before this one
let last = null; // the vote that can be undone
let acts = 0; // an answer to a question asked before the last act tells of a queue that was
let isLooking = false;
let { version } = page;
const undoable = () => (last && Date.now() < last.until ? last : null);

const screen = () => document.getElementById("screen");
const shown = () => Number(screen().dataset.number ?? 0);

// Records with a vote on its way; of several acts on one the latest counts.
function voted() {
  const latest = new Map(waiting().filter((act) => act.voter === page.voter).map((act) => [act.number, act]));
  return [...latest.values()].filter((act) => !act.isUndo).map((act) => act.number);
}

held.fields = () => ({ shown: shown(), ready: [...ready.keys()].filter((one) => queue.includes(one)).join(","), voted: voted().join(",") });

function empty(sentence) {
  const found = document.createElement("div");
  Object.assign(found, { id: "screen" });
  found.dataset.movesFocus = "";
  const inner = document.createElement("div");
  inner.className = "wrap page";
  const words = document.createElement("p");
  Object.assign(words, { tabIndex: -1, textContent: sentence });
  words.dataset.focus = "";
  inner.append(words);
  found.append(inner);
  return found;
}

function fill(form, values) {
  for (const field of form.elements) {
    if (!field.name || !(field.name in values) || field.type === "hidden" || field.type === "submit") continue;
    if (field.type === "radio") field.checked = field.value === values[field.name];
    else field.value = values[field.name];
  }
}

// The other modules listen for a part that came by htmx: focus, voice, folds and the undo bar are theirs.
function put(part, said) {
  if (said) {
    const voice = document.createElement("span");
    voice.dataset.announce = said;
    part.prepend(voice);
  }
  if (undoable() && !part.querySelector(".undo-bar")) part.append(undoBar());
  part.dataset.fromHere = "";
  screen().replaceWith(part);
  window.htmx.process(part);
  window.htmx.trigger(part, "htmx:afterSettle", { elt: part });
  const number = part.dataset.number;
  document.title = document.title.replace(/^.*?itle and abstract/, `${number ? `Record ${number}, title` : "Title"} and abstract`);
  if (location.pathname !== page.here) history.replaceState(null, "", page.here);
}

function undoBar() {
  const bar = document.querySelector("#keeping template").content.firstElementChild.cloneNode(true);
  bar.querySelector("[data-what]").textContent = `Record ${last.number}: you voted ${last.words}.`;
  return bar;
}

const copy = (number) => ready.get(number)?.cloneNode(true);

// The record after `number` in the queue, then from its beginning; what is voted on or has gone is passed over.
function following(number) {
  const sent = new Set([number, ...voted()]);
  const place = queue.indexOf(number);
  return [...queue.slice(place + 1), ...queue.slice(0, place + 1)].find((one) => !sent.has(one));
}

function showNext(said) {
  const next = following(shown());
  const part = next && copy(next);
  if (part) put(part, `${said} Next: record ${next}.`);
  else wait(said);
}

// Nothing is here: the answer to what was sent brings it. Where the line is cut, this is what there is to say.
function wait(said) {
  if (!screen().hasAttribute("data-waits")) {
    const part = ready.has(0) && !voted().length ? copy(0) : empty(isCutOff() ? "The next record comes when the site can be reached again." : "The next record is on its way.");
    part.dataset.waits = said; // spoken again with what comes: the one sentence would cut the other off
    put(part, said);
  }
  look();
}

function vote(form, button) {
  const decision = button.value;
  if (lacksReason(form, decision)) return;
  const number = shown();
  ready.set(number, ready.get(number) ?? inert());
  const seconds = Number(document.querySelector("#keeping template").content.firstElementChild.dataset.seconds);
  last = { ...keepVote(form, decision, number), until: Date.now() + seconds * 1000 };
  acts += 1;
  trail.push(number);
  showNext(`${WORDS[decision]}. Record ${number}.`);
  send();
}

// At the end of the queue: the copy that is here lacks the reason, so the record comes anew.
function putOff(form) {
  const number = shown();
  keepPutOff(form, number);
  acts += 1;
  ready.delete(number);
  showNext(`Record ${number} comes at the end.`);
  send();
}

// A vote that was never sent is simply forgotten; any other is taken back by an act of its own, in its turn.
function undo() {
  const undone = last;
  last = null;
  acts += 1;
  const entry = all().find((act) => act.name === undone.name);
  if (entry && !entry.tried) forget(undone.name);
  else keepTakeBack(undone);
  const part = copy(undone.number) ?? empty("");
  trail = trail.filter((one) => one !== undone.number);
  put(part, `Vote on record ${undone.number} taken back.`);
  const form = part.querySelector("form.screen");
  if (form) fill(form, undone.fields);
  form?.querySelector("[data-criterion]")?.dispatchEvent(new Event("change", { bubbles: true }));
  tell();
  send();
}

// One's place among the records, without a vote.
function step(link) {
  const back = link.dataset.step === "back";
  const number = shown();
  const next = back ? trail.pop() : following(number);
  const unsent = voted();
  if (next && unsent.includes(next)) {
    trail.push(next);
    document.getElementById("live").textContent = `Your vote on record ${next} is not saved yet. Open the record once it is.`;
    return true;
  }
  const part = queue.includes(next) && copy(next);
  if (!part) return false;
  if (number) ready.set(number, inert());
  if (!back) trail.push(number);
  put(part, `Record ${next}.`);
  look();
  return true;
}

function inert() {
  const part = screen().cloneNode(true);
  part.querySelectorAll(".undo-bar, #undo-form, [data-announce]").forEach((one) => one.remove());
  return part;
}

function take(answer) {
  for (const template of answer.querySelectorAll("template[data-ready]")) {
    const number = Number(template.dataset.ready);
    const part = number ? template.content.querySelector("#screen") : empty("");
    if (!number) part.firstElementChild.replaceChildren(template.content.cloneNode(true));
    ready.set(number, document.importNode(part, true));
  }
  const bar = answer.querySelector("#stage-bar");
  if (bar) document.getElementById("stage-bar").replaceWith(document.importNode(bar, true));
  queue = answer.dataset.waiting.split(",").filter(Boolean).map(Number);
  if (queue.length) ready.delete(0);
  const kept = new Set([0, shown(), ...queue, ...trail.slice(-20)]);
  for (const number of ready.keys()) if (!kept.has(number)) ready.delete(number);
  page.ready = [...ready.keys()].join(","); // to be seen from outside: these come without the server
}

function say(sentence) {
  document.querySelectorAll("[data-warning]").forEach((old) => old.remove());
  const notice = document.createElement("p");
  Object.assign(notice, { className: "notice warning", textContent: sentence });
  notice.dataset.warning = "";
  notice.setAttribute("role", "alert");
  screen().prepend(notice);
}

// What the server says holds: a record that waits no longer goes from the screen with a sentence, and other criteria come in.
function settle(answer) {
  const gone = answer.dataset.gone.split(",").filter(Boolean).map(Number);
  const now = answer.dataset.version;
  gone.forEach((number) => ready.delete(number));
  take(answer);
  const number = shown();
  const isVoted = screen().querySelector(".vote[aria-pressed=true]");
  if (now && version && now !== version) amended(now);
  else if (screen().hasAttribute("data-waits")) {
    const next = following(number);
    if (next && ready.has(next)) put(copy(next), `${screen().dataset.waits} Next: record ${next}.`.trim());
    else if (!queue.length && ready.has(0)) put(copy(0), "");
  } else if (gone.includes(number) && !isVoted) {
    const isTold = all().some((act) => act.refused && act.number === number); // with its cause, by the line on what was refused
    showNext(`Record ${number} waits no longer for your vote.`);
    if (!isTold) say(`Record ${number} waits no longer for your vote: you voted in another tab, or it is settled, merged or out of screening. Nothing of yours was changed.`);
  }
}

// Other criteria hold: whatever is ready shows the old ones.
async function amended(now) {
  version = now;
  ready.clear();
  const number = shown();
  if (number) await window.htmx.ajax("GET", `${page.here}${number}/`, { target: "#screen", swap: "outerHTML" });
  else look();
  say(`The criteria were amended: version ${now} holds from now on. Read them before you vote.`);
}

async function look() {
  if (isLooking || waiting().length) return;
  isLooking = true;
  const asked = acts;
  try {
    const answer = await fetch(`${page.ahead}?${new URLSearchParams(held.fields())}`, { credentials: "same-origin" });
    const text = await answer.text();
    const found = answer.ok && new DOMParser().parseFromString(text, "text/html").querySelector("[data-answer]");
    if (found && asked === acts) settle(found);
  } catch {
    // Cut off: what is here goes on, and a vote says so.
  }
  isLooking = false;
  if (asked !== acts && screen().hasAttribute("data-waits")) look();
}

function arrive(act, answer) {
  if (act.voter !== page.voter) return; // of another review
  if (answer) settle(answer);
  if (!answer || (screen().hasAttribute("data-waits") && queue.length)) look();
  const isOver = !answer || answer.dataset.refused;
  if (isOver && last?.name === act.name) {
    last = null;
    screen().querySelector(".undo-bar")?.remove();
  }
}

// Before htmx: these forms and links are answered here.
function takeOver(event, act) {
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}

function submitted(event) {
  const form = event.target.closest("form.screen");
  if (form && event.submitter?.name === "decision") takeOver(event, () => vote(form, event.submitter));
}

function clicked(event) {
  const link = event.target.closest("a[data-step]");
  const button = event.target.closest("[data-puts-off]");
  if (event.target.closest("[data-undo]")) takeOver(event, undo);
  else if (button) takeOver(event, () => putOff(button.form));
  else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && step(link)) event.preventDefault();
}

// What came from elsewhere: a record by htmx after a postponement, or the same one read otherwise, as the others will be.
function adopted({ detail: { elt } }) {
  if (elt.id === "reading") [...ready.keys()].filter((number) => number !== last?.number).forEach((number) => ready.delete(number));
  else if (elt.id !== "screen" || "fromHere" in elt.dataset) return;
  if (elt.id === "screen") last = null;
  acts += 1;
  look();
}

function begin() {
  try {
    forget(keep({ key: "try" }));
  } catch {
    return; // a browser that keeps nothing: every vote is a form that is sent
  }
  document.addEventListener("submit", submitted, true);
  document.addEventListener("click", clicked, true);
  document.addEventListener("htmx:afterSettle", adopted);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  onAnswer(arrive);
  if (!voted().length) look();
  else {
    put(empty("Votes of yours are being saved. The next record comes at once."), "");
    screen().dataset.waits = "";
    send();
  }
}

begin();
