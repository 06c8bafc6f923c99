// On a touch screen a citation may be swiped: right includes, left excludes. The buttons stay; undo is the same.
const OFF = "swipe off"; // a wish about this device, so it stays on it
const FAR = 0.28; // of the width
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const touch = window.matchMedia("(pointer: coarse)");

let start = null;

const isOn = () => touch.matches && !calm.matches && localStorage[OFF] === undefined;

function offer(root) {
  const hint = root.querySelector("[data-swipe]");
  if (!hint) return;
  hint.hidden = !isOn();
  hint.closest(".citation").classList.toggle("swipes", isOn());
}

function begin(event) {
  const citation = event.target.closest?.(".citation.swipes");
  const isFree = citation && event.isPrimary && event.pointerType === "touch" && !event.target.closest("a, button, input, summary");
  start = isFree && document.getSelection().isCollapsed ? { x: event.clientX, y: event.clientY, id: event.pointerId, citation } : null;
}

// Along the page it is scrolling, and the browser's.
const across = (event) => {
  const [x, y] = [event.clientX - start.x, event.clientY - start.y];
  return Math.abs(x) > 2 * Math.abs(y) ? x : 0;
};

function shift(x) {
  start.citation.style.transform = x ? `translateX(${x}px)` : "";
  start.citation.dataset.towards = Math.abs(x) < FAR * window.innerWidth ? "" : x > 0 ? "include" : "exclude";
}

function move(event) {
  if (start?.id === event.pointerId) shift(across(event));
}

function end(event) {
  if (start?.id !== event.pointerId) return;
  const { citation } = start;
  if (event.type === "pointerup" && document.getSelection().isCollapsed) shift(across(event));
  const towards = event.type === "pointerup" ? citation.dataset.towards : "";
  shift(0);
  start = null;
  if (towards) citation.closest("form").querySelector(`.vote[value=${towards}]`)?.click();
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end);
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-swipe-off]")) return;
  localStorage.setItem(OFF, "yes");
  offer(document);
  document.getElementById("live").textContent = "Swiping is off on this device.";
});
document.addEventListener("htmx:afterSettle", (event) => offer(event.detail.elt));
offer(document);
