// A file of the tray may be dragged onto its report: the same as typing the record's number for it and confirming that one.
const form = document.getElementById("place");
let dragged = null;

function start(event) {
  dragged = event.currentTarget;
  event.dataTransfer.effectAllowed = "link";
  event.dataTransfer.setData("text/plain", dragged.dataset.file);
}

function drop(event) {
  event.preventDefault();
  if (!dragged) return;
  form.action = form.dataset.place.replace(/0(?=\/place)/, dragged.dataset.file);
  form.elements.record.value = event.currentTarget.dataset.record;
  form.elements.kind.value = dragged.querySelector("select").value;
  form.submit();
}

function bind() {
  document.querySelectorAll("[data-drag-hint]").forEach((hint) => { hint.hidden = false; });
  for (const file of document.querySelectorAll("[data-file]")) {
    file.draggable = true;
    file.addEventListener("dragstart", start);
    file.addEventListener("dragend", () => { dragged = null; });
  }
  for (const report of document.querySelectorAll("[data-record]")) {
    report.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      report.style.outline = "2px dashed";
    });
    report.addEventListener("dragleave", () => { report.style.outline = ""; });
    report.addEventListener("drop", drop);
  }
}

if (form) bind();
// Whoever types a number means it: the choice beside it is made.
document.addEventListener("input", (event) => {
  const other = /^(f\d+)-other$/.exec(event.target.name || "");
  if (other) document.querySelector(`input[name="${other[1]}"][value="other"]`).checked = true;
});
