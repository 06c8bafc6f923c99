// A vote and its undo as acts that can wait: the form's fields under a key of their own, so that sent twice they are done once.
import { keep } from "../unsent.js";

const page = document.getElementById("keeping").dataset;

export const WORDS = { include: "Included", maybe: "Marked Maybe", exclude: "Excluded" };
const VOTED = { include: "Include", maybe: "Maybe", exclude: "Exclude" };

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function kept(number, url, fields, more) {
  const key = newKey();
  const act = { key, number, url, voter: page.voter, record: `${page.here}${number}/`, ...more, fields: { ...fields, key, voter: page.voter } };
  return { ...act, name: keep(act) };
}

export function keepVote(form, decision, number) {
  const { csrfmiddlewaretoken, ...fields } = Object.fromEntries(new FormData(form));
  return kept(number, form.getAttribute("action"), { ...fields, decision }, { words: VOTED[decision] });
}

export function keepPutOff(form, number) {
  const url = form.getAttribute("action").replace(/vote\/$/, "postpone/");
  return kept(number, url, { note: form.elements.note.value }, { isPutOff: true });
}

// An include beside a criterion not met says why; the server asks for it too.
export function lacksReason(form, decision) {
  const why = form.elements.override;
  if (decision !== "include" || !why || why.value.trim() || !form.querySelector(".answer.not_met :checked")) return false;
  document.getElementById("live").textContent = "A criterion is not met. Say why the record is included all the same, or change the answer.";
  why.closest("details")?.setAttribute("open", "");
  why.focus();
  return true;
}

export const keepTakeBack = ({ url, number }) => kept(number, url.replace(/vote\/$/, "take-back/"), {}, { isUndo: true });
