// What an earlier page left unsent goes out from any page, and nobody signs out over it (unsent.js keeps it, pages/sending.js sends it).
import { all, forgetAll } from "./unsent.js";

export function bindLeftover() {
  if (all().length) import("./pages/sending.js").then(({ send }) => send());
  document.querySelector("[data-signs-out]")?.addEventListener("submit", (event) => {
    if (!all().length) {
      forgetAll();
      return;
    }
    event.preventDefault();
    import("./pages/sending.js").then(({ signOut }) => signOut(event.target));
  });
}
