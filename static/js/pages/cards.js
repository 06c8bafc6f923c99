// The list of cards: each is voted on in its place, and the focus goes on to the next (acts.js, sending.js).
import { all, forget } from "../unsent.js";
import { WORDS, keepTakeBack, keepVote, lacksReason } from "./acts.js";
import { onAnswer, send, tell } from "./sending.js";

const voted = new Map(); // record number -> the act on it

const say = (sentence) => { document.getElementById("live").textContent = sentence; };

const cards = () => [...document.querySelectorAll("[data-card]")];

function show(card, act) {
  card.querySelector(".stands").hidden = !act;
  card.querySelector("form").hidden = Boolean(act);
  if (act) card.querySelector("[data-stands]").textContent = `Record ${act.number}: you voted ${act.words}.`;
}

function go(card, words = "") {
  if (card) card.focus();
  else document.getElementById("more").focus();
  card?.scrollIntoView({ block: "nearest" });
  say(`${words}${words && card ? " Next: record " : ""}${words && card ? `${card.dataset.card}.` : ""}`);
}

const isOpen = (card) => !voted.has(Number(card.dataset.card));

function vote(card, button) {
  const number = Number(card.dataset.card);
  if (lacksReason(card.querySelector("form"), button.value)) return;
  const act = keepVote(card.querySelector("form"), button.value, number);
  voted.set(number, act);
  show(card, act);
  const place = cards().indexOf(card);
  go(cards().slice(place + 1).find(isOpen), `${WORDS[button.value]}. Record ${number}.`);
  send();
}

// Z undoes the latest vote wherever the focus is; the button of a card that one's own.
function undo(card) {
  const number = Number(card.dataset.card);
  const act = voted.get(number);
  voted.delete(number);
  const entry = all().find((one) => one.name === act.name);
  if (entry && !entry.tried) forget(act.name);
  else keepTakeBack(act);
  show(card, null);
  card.focus();
  say(`Vote on record ${number} taken back.`);
  tell();
  send();
}

function arrive(act, answer) {
  const card = document.getElementById(`card-${act.number}`);
  const bar = answer?.querySelector("#stage-bar");
  if (bar) document.getElementById("stage-bar").replaceWith(document.importNode(bar, true));
  if (!card || (answer && !answer.dataset.refused) || act.isUndo || act.isPutOff) return;
  voted.delete(act.number);
  show(card, null);
}

function step(card, isBack) {
  const place = card ? cards().indexOf(card) : -1;
  go(cards()[place + (isBack ? -1 : 1)]);
}

function submitted(event) {
  const card = event.target.closest("[data-card]");
  if (!card || event.submitter?.name !== "decision") return;
  event.preventDefault();
  vote(card, event.submitter);
}

function clicked(event) {
  const card = event.target.closest("[data-card]");
  const link = event.target.closest("a[data-step]");
  const summary = event.target.closest("summary[data-shortcut]");
  if (summary && !summary.parentElement.open) setTimeout(() => summary.parentElement.querySelector("textarea, input[name=new]").focus());
  if (event.target.closest("[data-take-back]")) undo(card);
  else if (link) {
    event.preventDefault();
    step(card, link.dataset.step === "back");
  }
}

// What waits from before has its card folded; it is on its way.
for (const act of all()) {
  const card = document.getElementById(`card-${act.number}`);
  if (!card || act.refused || act.isPutOff) continue;
  if (act.isUndo) voted.delete(act.number);
  else voted.set(act.number, act);
  show(card, voted.get(act.number));
}
onAnswer(arrive);
document.addEventListener("submit", submitted);
document.addEventListener("click", clicked);
document.addEventListener("htmx:afterSwap", ({ detail: { elt } }) => elt.closest?.("[data-card]")?.focus()); // tags are stored
send();
