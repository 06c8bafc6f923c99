// The PDF beside the criteria, by pdf.js: pages as they are needed, search, the review's words marked, and quotes with their page.
const LONGEST_FIND = 160; // letters of a quote that are looked for
const AROUND = 64; // letters before and after a quote, by which its place is found again
const ENTITIES = /[.*+?^${}()|[\]\\\/]/g;

let reader = null; // the one that is open: { root, viewer, bus, task, links, file }
let picked = null; // the last selection inside it
let libraries = null;

const say = (sentence) => { document.getElementById("live").textContent = sentence; };

function library(vendor) {
  libraries ??= (async () => {
    const pdfjs = await import(`${vendor}legacy/build/pdf.min.mjs`);
    pdfjs.GlobalWorkerOptions.workerSrc = `${vendor}legacy/build/pdf.worker.min.mjs`;
    return { pdfjs, parts: await import(`${vendor}legacy/web/pdf_viewer.mjs`) };
  })();
  return libraries;
}

// Words of a list as they were typed: * stands for further letters, blanks and hyphens for each other, all else for itself.
function pattern(lines) {
  const words = lines.split("\n").filter(Boolean).map((line) => {
    const body = line.trim().replace(ENTITIES, "\\$&").replace(/\\\*/g, "[\\p{L}\\p{N}]*").replace(/[\s-]+/g, "[\\s\\-\\u2010-\\u2015/]{1,3}");
    const [first, last] = [line.trim().at(0), line.trim().at(-1)];
    const isLetter = (one) => /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u.test(one);
    return `${isLetter(first) ? "(?<![\\p{L}\\p{N}])" : ""}${body}${isLetter(last) ? "(?![\\p{L}\\p{N}])" : ""}`;
  });
  return words.length ? new RegExp(words.join("|"), "giu") : null;
}

// The text of one page with the node and place of each of its letters.
function textOf(layer) {
  const walker = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const pieces = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.nodeName === "BR") text += " ";
    if (node.nodeType !== Node.TEXT_NODE) continue;
    pieces.push({ node, start: text.length });
    text += node.data;
  }
  return { text, pieces };
}

function rangeOf({ pieces }, start, end) {
  const at = (place) => pieces.findLast((piece) => piece.start <= place);
  const [first, last] = [at(start), at(end - 1)];
  const range = new Range();
  range.setStart(first.node, Math.min(start - first.start, first.node.length));
  range.setEnd(last.node, Math.min(end - last.start, last.node.length));
  return range;
}

function markWords(layer, { root }) {
  if (!window.CSS?.highlights) return;
  const page = textOf(layer);
  for (const speaks of ["for", "against"]) {
    const words = pattern(root.dataset[speaks]);
    if (!words) continue;
    const name = `speaks-${speaks}`;
    if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
    for (const found of page.text.matchAll(words)) {
      if (found[0]) CSS.highlights.get(name).add(rangeOf(page, found.index, found.index + found[0].length));
    }
  }
}

function find(words, again, backwards = false) {
  reader.bus.dispatch("find", {
    source: reader, type: again ? "again" : "", query: words, caseSensitive: false, entireWord: false, highlightAll: true,
    findPrevious: backwards, matchDiacritics: false,
  });
}

function tellFound({ matchesCount: { current, total } }) {
  reader.root.querySelector("[data-found]").textContent = total ? `${current} of ${total}` : "not found";
}

function listen(opened) {
  const { bus, root, viewer } = opened;
  const page = root.querySelector("#reader-page");
  bus.on("pagesinit", () => {
    viewer.currentScaleValue = "page-width";
    root.querySelector("[data-pages]").textContent = viewer.pagesCount;
    page.max = viewer.pagesCount;
  });
  bus.on("pagechanging", ({ pageNumber }) => { page.value = pageNumber; });
  bus.on("updatefindmatchescount", tellFound);
  bus.on("updatefindcontrolstate", tellFound);
  for (const name of ["textlayerrendered", "updatetextlayermatches"]) {
    bus.on(name, ({ pageNumber, pageIndex }) => {
      const layer = viewer.getPageView(pageIndex >= 0 ? pageIndex : pageNumber - 1)?.div.querySelector(".textLayer");
      if (layer) markWords(layer, opened);
    });
  }
}

// The viewer of another file goes on listening to its container: each file has its own.
function fresh(old) {
  const container = old.cloneNode(false);
  const pages = document.createElement("div");
  pages.className = "pdfViewer";
  container.append(pages);
  old.replaceWith(container);
  return container;
}

async function open(root, url, file) {
  const { vendor } = root.dataset;
  const { pdfjs, parts } = await library(vendor);
  const bus = new parts.EventBus();
  const links = new parts.PDFLinkService({ eventBus: bus, externalLinkTarget: parts.LinkTarget.BLANK });
  const container = fresh(root.querySelector(".reader-view"));
  const viewer = new parts.PDFViewer({
    container, eventBus: bus, linkService: links, findController: new parts.PDFFindController({ eventBus: bus, linkService: links }),
    annotationMode: pdfjs.AnnotationMode.ENABLE, annotationEditorMode: pdfjs.AnnotationEditorType.DISABLE,
  });
  const task = pdfjs.getDocument({
    url, useWasm: false, wasmUrl: `${vendor}wasm/`, cMapUrl: `${vendor}cmaps/`, standardFontDataUrl: `${vendor}standard_fonts/`,
    disableAutoFetch: true, disableStream: true, enableXfa: false,
  });
  links.setViewer(viewer);
  reader = { root, viewer, bus, task, file };
  listen(reader);
  const pdf = await task.promise;
  const ready = new Promise((pagesStand) => { bus.on("pagesinit", pagesStand, { once: true }); });
  links.setDocument(pdf, null);
  viewer.setDocument(pdf);
  await ready;
}

async function begin(root, url = root.dataset.url, file = root.dataset.file) {
  close();
  root.hidden = false;
  const problem = root.querySelector("[data-reader-problem]");
  problem.hidden = true;
  try {
    await open(root, url, file);
  } catch (error) {
    if (root.isConnected && reader?.root === root) problem.hidden = false;
    console.warn(error);
  }
}

function close() {
  reader?.viewer.setDocument(null);
  reader?.task.destroy();
  window.CSS?.highlights?.clear();
  reader = picked = null;
}

function remember() {
  const chosen = document.getSelection();
  const page = chosen?.anchorNode && reader && chosen.rangeCount ? chosen.getRangeAt(0).startContainer.parentElement?.closest(".page") : null;
  if (!page || !reader.root.contains(page)) return;
  if (chosen.isCollapsed) {
    picked = null;
    return;
  }
  const range = chosen.getRangeAt(0);
  const around = (set) => {
    const part = new Range();
    part.selectNodeContents(page.querySelector(".textLayer"));
    set(part);
    return part.toString();
  };
  picked = {
    text: chosen.toString().replace(/\s+/g, " ").trim(), page: page.dataset.pageNumber, file: reader.file,
    before: around((part) => part.setEnd(range.startContainer, range.startOffset)).slice(-AROUND),
    after: page.contains(range.endContainer) ? around((part) => part.setStart(range.endContainer, range.endOffset)).slice(0, AROUND) : "",
  };
}

function quote(event) {
  const form = document.getElementById("quote-form");
  remember(); // the browser tells of a selection a moment after it was made
  if (picked?.text) {
    for (const [name, value] of Object.entries(picked)) form.elements[name].value = value;
    picked = null;
    return;
  }
  if (form.elements.text.value.trim()) return;
  event.preventDefault();
  document.querySelector("[data-by-hand]").open = true;
  form.elements.text.focus();
  say("Select words in the PDF first, or type them here.");
}

// Opens the file of the quote in the reader where it is another one's; false where the reader does not offer it.
function fileOf(link) {
  if (link.dataset.file === reader.file) return Promise.resolve();
  const choice = [...document.querySelectorAll("#reader-file option")].find((one) => one.value === link.dataset.file);
  if (!choice) return false;
  choice.selected = true;
  return begin(reader.root, choice.dataset.url, choice.value);
}

async function goToQuote(event, link) {
  if (!reader || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const opened = fileOf(link);
  if (!opened) return;
  event.preventDefault();
  show("pdf");
  await opened;
  reader.viewer.currentPageNumber = Number(link.dataset.page);
  find(link.dataset.quoted.slice(0, LONGEST_FIND), false);
}

function show(what) {
  document.querySelector("form.screen").dataset.show = what;
  for (const tab of document.querySelectorAll("[data-show-part]")) tab.setAttribute("aria-pressed", String(tab.dataset.showPart === what));
}

function click(event) {
  const on = (selector) => event.target.closest(selector);
  if (on("[data-quote]")) quote(event);
  else if (on("[data-quoted]")) goToQuote(event, on("[data-quoted]"));
  else if (on("[data-show-part]")) show(on("[data-show-part]").dataset.showPart);
  else if (reader && on("[data-turn]")) reader.viewer.currentPageNumber += Number(on("[data-turn]").dataset.turn);
  else if (reader && on("[data-zoom]")) reader.viewer.updateScale({ steps: Number(on("[data-zoom]").dataset.zoom) });
}

function change(event) {
  if (event.target.id === "reader-page" && reader) reader.viewer.currentPageNumber = Number(event.target.value) || 1;
  if (event.target.id === "reader-file") begin(event.target.closest("[data-reader]"), event.target.selectedOptions[0].dataset.url, event.target.value);
  if (event.target.name === "reason") say(`Reason: ${event.target.parentElement.firstElementChild.nextSibling.data.trim()}.`);
}

let sought = "";

function submit(event) {
  if (event.target.id !== "find-form") return;
  event.preventDefault();
  const words = document.getElementById("reader-find").value.trim();
  if (reader && words && document.activeElement?.id !== "reader-page") find(words, words === sought);
  sought = words;
}

function prepare() {
  document.querySelectorAll("[data-by-hand]").forEach((fold) => { fold.open = false; });
  const root = document.querySelector("[data-reader]");
  if (root === (reader?.root ?? null)) return;
  if (!root) {
    close();
    return;
  }
  document.querySelectorAll("[data-show-part]").forEach((tab) => { tab.hidden = false; });
  show("pdf");
  begin(root);
}

document.addEventListener("click", click, true);
document.addEventListener("change", change);
document.addEventListener("submit", submit);
document.addEventListener("selectionchange", remember);
document.addEventListener("htmx:afterSettle", prepare);
prepare();
