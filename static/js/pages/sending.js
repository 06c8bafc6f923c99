// Sends what waits, in its order, each act under its own key until the site has answered; says what is not saved yet and what was refused.
import { all, change, forget, forgetAll, user } from "../unsent.js";

const PATIENCE = 20_000; // milliseconds for an answer
const QUIET = 2_000; // so long nothing is said: a vote is under way, as always
const PAUSES = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

const listeners = [];
let busy = false;
let failures = 0;
let stopped = ""; // a sentence: nothing can be sent before the person has acted on it
let timer = 0;
let fresh = null;

export const onAnswer = (listener) => listeners.push(listener);

export const waiting = () => all().filter((act) => !act.refused);

const token = () => fresh ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

const pageIn = (text) => (/^\s*<!doctype/i.test(text) ? new DOMParser().parseFromString(text, "text/html") : null);

const ask = (url, options = {}) => fetch(url, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });

const page = () => document.getElementById("keeping")?.dataset;

// What the page holds, so that the answer brings what it lacks. Set by the page that shows the records.
export const held = { fields: () => ({}) };

function bodyOf(act) {
  const body = new URLSearchParams(act.fields);
  for (const [name, value] of Object.entries(held.fields())) body.set(name, value);
  body.set("csrfmiddlewaretoken", token());
  return body;
}

// The token of a page dies with the session. Who is signed in by now, and with which token?
async function whoIsIn() {
  const answer = await ask(page()?.here ?? "/", { headers: { Accept: "text/html" } });
  const found = pageIn(await answer.text());
  fresh = found?.querySelector("[name=csrfmiddlewaretoken]")?.value ?? null;
  return found?.documentElement.dataset.user ?? "";
}

async function isBack() {
  const now = await whoIsIn();
  if (now === user) return true;
  stopped = now ? "Somebody else is signed in here now." : "You are signed out.";
  return false;
}

// True where the next act may follow: this one is done, or refused for good.
async function post(act, again = true) {
  change(act, { tried: true });
  const answer = await ask(act.url, { method: "POST", body: bodyOf(act), keepalive: true });
  const text = await answer.text();
  const whole = pageIn(text);
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Error(String(answer.status));
  if (answer.status === 403 || (answer.ok && whole)) return again && (await isBack()) ? post(act, false) : forbidden(act);
  if (!answer.ok) return refuse(act, whole?.querySelector("[data-sentence]")?.textContent.trim() || "This record is no longer part of your screening. Nothing was stored.");
  return accept(act, new DOMParser().parseFromString(text, "text/html").querySelector("[data-answer]"));
}

function forbidden(act) {
  if (stopped) return false;
  return refuse(act, "You may not vote in this review any more. Nothing was stored.");
}

function refuse(act, sentence) {
  change(act, { refused: sentence });
  for (const listener of listeners) listener(act, null);
  return true;
}

function accept(act, answer) {
  failures = 0;
  if (answer?.dataset.refused) change(act, { refused: answer.dataset.refused });
  else forget(act.name);
  for (const listener of listeners) listener(act, answer);
  return true;
}

// One tab at a time where the browser can see to it; elsewhere the key does.
const alone = (act) => (navigator.locks ? navigator.locks.request(`unsent ${user}`, act) : act());

async function sendAll() {
  for (let [act] = waiting(); act && !stopped; [act] = waiting()) {
    if (!(await post(act))) return;
  }
}

export async function send() {
  clearTimeout(timer);
  if (busy) return;
  busy = true;
  const telling = setTimeout(tell, QUIET);
  try {
    if (stopped && (await isBack())) stopped = "";
    if (!stopped) await alone(sendAll);
  } catch {
    failures += 1;
    timer = setTimeout(send, PAUSES[Math.min(failures, PAUSES.length) - 1]);
  }
  clearTimeout(telling);
  busy = false;
  if (waiting().length && !failures && !stopped) send();
  else tell();
}

export const isCutOff = () => failures > 0 || !navigator.onLine;

const many = (n, one, more) => (n ? [n === 1 ? `1 ${one}` : `${n} ${more}`] : []);

function counted(acts) {
  const putOff = acts.filter((act) => act.isPutOff).length;
  return [...many(acts.length - putOff, "vote", "votes"), ...many(putOff, "record put off", "records put off")].join(" and ");
}

function line(words, ...parts) {
  const paragraph = document.createElement("p");
  paragraph.append(words, ...parts);
  return paragraph;
}

function link(words, href) {
  const found = document.createElement("a");
  Object.assign(found, { href, textContent: words });
  return found;
}

function refusedLine(act) {
  const done = document.createElement("button");
  Object.assign(done, { type: "button", className: "quiet", textContent: "I have read this" });
  done.addEventListener("click", () => {
    forget(act.name);
    tell();
  });
  const sentence = act.refused.startsWith("Record ") ? act.refused : `Record ${act.number}: ${act.refused}`;
  return line(`${sentence} `, link(`Open record ${act.number}`, act.record), " ", done);
}

function linesNow() {
  const left = waiting();
  const lines = all().filter((act) => act.refused).map(refusedLine);
  if (!left.length) return lines;
  const found = counted(left);
  const door = `/accounts/login/?next=${encodeURIComponent(page()?.here ?? location.pathname)}`;
  if (stopped) lines.push(line(`${stopped} ${found} not yet saved, kept in this browser until you are back. `, link("Sign in", door)));
  else lines.push(line(`${found} not yet saved. Kept in this browser, and sent as soon as the site can be reached.`));
  return lines;
}

let told = "";

// Says nothing twice: a screen reader would.
export function tell() {
  const lines = linesNow();
  const words = lines.map((one) => one.textContent).join(" ");
  if (words === told) return;
  told = words;
  let notice = document.getElementById("unsent");
  if (!notice) {
    notice = document.createElement("section");
    Object.assign(notice, { id: "unsent", className: "unsent notice" });
    notice.setAttribute("role", "status");
    notice.setAttribute("aria-label", "Votes in this browser");
    document.getElementById("main").after(notice);
  }
  notice.hidden = !lines.length;
  notice.replaceChildren(...lines);
}

// What cannot be sent would lie in a browser that the next person uses: it is given up only by whoever says so twice.
export async function signOut(form) {
  await send();
  const left = all();
  if (left.length && !form.dataset.asked) {
    form.dataset.asked = "yes";
    tell();
    document.getElementById("unsent").append(line(`You are still signed in, so that nothing is lost. Sign out once more to give up ${counted(left)}.`));
    return;
  }
  forgetAll();
  form.submit();
}

window.addEventListener("online", () => {
  failures = 0;
  send();
});
window.addEventListener("offline", tell);
window.addEventListener("storage", () => { if (told) tell(); }); // another tab has sent them
document.addEventListener("visibilitychange", () => { if (!document.hidden && waiting().length) send(); });
window.addEventListener("beforeunload", (event) => { if (waiting().length && (isCutOff() || stopped)) event.preventDefault(); });
