// Votes that the site has not acknowledged yet lie in this browser, one entry each, under the account that gave them.
export const user = document.documentElement.dataset.user ?? "";
const mine = `unsent ${user} `;

function kept() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(mine)).sort();
  } catch {
    return []; // a browser that keeps nothing
  }
}

export function all() {
  if (!user) return [];
  return kept().map((name) => ({ ...JSON.parse(localStorage[name]), name }));
}

// Names sort in the order of the acts, whichever tab they come from.
let last = 0;
export function keep(act) {
  last = Math.max(Date.now(), last + 1);
  const name = `${mine}${last} ${act.key}`;
  localStorage.setItem(name, JSON.stringify(act));
  return name;
}

// An entry that another tab has sent and forgotten does not come back.
export function change({ name }, more) {
  if (localStorage[name]) localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage[name]), ...more }));
}

export const forget = (name) => localStorage.removeItem(name);

// With the drafts of this tab (pages/drafts.js): whoever signs out leaves nothing of theirs behind.
export function forgetAll() {
  kept().forEach(forget);
  Object.keys(sessionStorage).filter((name) => name.startsWith("draft ")).forEach((name) => sessionStorage.removeItem(name));
}
