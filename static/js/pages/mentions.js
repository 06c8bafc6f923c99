// Typing @ in a comment offers those who may be mentioned. Without scripts the select beside it does the same.
const box = document.querySelector("[data-calls]");
const names = [...document.querySelectorAll("#call option")].slice(1).map((option) => option.textContent);
const offers = document.createElement("p");
offers.className = "bar";
box.after(offers);

const begun = () => /@(\S*)$/.exec(box.value.slice(0, box.selectionStart));

function choose(name) {
  const found = begun();
  if (found) box.setRangeText(`@${name} `, found.index, box.selectionStart, "end");
  offers.replaceChildren();
  box.dispatchEvent(new Event("change", { bubbles: true })); // set by a script, so nobody else is told
  box.focus();
}

function button(name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = `@${name}`;
  made.addEventListener("click", () => choose(name));
  return made;
}

box.addEventListener("input", (event) => {
  if (event.isComposing) return;
  const found = begun();
  const fitting = found ? names.filter((name) => name.toLowerCase().includes(found[1].toLowerCase())).slice(0, 5) : [];
  offers.replaceChildren(...fitting.map(button));
  if (fitting.length) document.getElementById("live").textContent = `${fitting.length} to mention; press Tab to choose.`;
});
