// Votes that the site has not acknowledged yet lie in this browser, one entry each, under the account that gave them. Any page sends them.
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

export const forgetAll = () => kept().forEach(forget);

export function bindUnsent() {
  if (all().length) import("./pages/sending.js").then(({ send }) => send());
  document.querySelector("[data-signs-out]")?.addEventListener("submit", (event) => {
    if (!all().length) return;
    event.preventDefault();
    import("./pages/sending.js").then(({ signOut }) => signOut(event.target));
  });
}
