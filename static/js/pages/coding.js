// Coding by selection and by keys: selected words become offsets in code points, 1 to 9 press the first codes that are shown.
const form = document.getElementById("coding");
const chosen = document.getElementById("chosen");
const find = document.getElementById("find");
const items = [...form.querySelectorAll(".code-list > li")];

const codePoints = (text) => Array.from(text).length;

function offset(node, at) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!piece || node.nodeType !== Node.TEXT_NODE) return null;
  return Number(piece.dataset.start) + codePoints(node.data.slice(0, at));
}

function edge(range, isEnd) {
  const node = isEnd ? range.endContainer : range.startContainer;
  const found = offset(node, isEnd ? range.endOffset : range.startOffset);
  if (found !== null) return found;
  // The selection ends beside the words: take the nearest piece inside it.
  const inside = [...form.querySelectorAll("[data-start]")].filter((one) => range.intersectsNode(one));
  const piece = isEnd ? inside.at(-1) : inside[0];
  if (!piece) return null;
  return Number(piece.dataset.start) + (isEnd ? codePoints(piece.textContent) : 0);
}

function take() {
  const selection = document.getSelection();
  const { start, end } = form.elements;
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  if (!form.querySelector(".coded-text").contains(range.commonAncestorContainer)) return;
  const [from, to] = [edge(range, false), edge(range, true)];
  if (from === null || to === null || to <= from) return;
  start.value = from;
  end.value = to;
  const words = selection.toString().replace(/\s+/g, " ").trim();
  chosen.textContent = `Selected: ${words.length > 90 ? `${words.slice(0, 89)}…` : words}`;
}

function forget() {
  form.elements.start.value = form.elements.end.value = "";
  chosen.textContent = chosen.dataset.empty;
}

function number() {
  const shown = items.filter((item) => !item.hidden && !item.querySelector("button").disabled);
  items.forEach((item) => { item.querySelector("kbd").hidden = true; });
  shown.slice(0, 9).forEach((item, place) => {
    const key = item.querySelector("kbd");
    key.textContent = place + 1;
    key.hidden = false;
  });
  return shown;
}

function filter() {
  const wanted = find.value.trim().toLowerCase();
  items.forEach((item) => { item.hidden = !item.dataset.name.includes(wanted); });
  number();
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches("textarea, select, input:not([type=checkbox])");
  if (!typing && event.key === "/") {
    event.preventDefault();
    find.focus();
  } else if (event.target === find && event.key === "Enter") {
    event.preventDefault();
    number()[0]?.querySelector("button").click();
  } else if (!typing && /^[1-9]$/.test(event.key)) {
    number()[Number(event.key) - 1]?.querySelector("button").click();
  }
}

if (chosen) {
  chosen.textContent = chosen.dataset.empty;
  document.getElementById("finding").hidden = false;
  document.addEventListener("selectionchange", take);
  form.addEventListener("change", (event) => { if (event.target.name === "sentence") forget(); });
  document.addEventListener("keydown", press);
  find.addEventListener("input", filter);
  number();
}
