// Drop zones: files may be dropped on them, the chosen ones are listed, and too many are told before they are sent.
const LISTED = 10;

function size(files) {
  const kB = Math.max(1, Math.round([...files].reduce((sum, file) => sum + file.size, 0) / 1000));
  return kB < 1000 ? `${kB} kB` : `${Math.round(kB / 1000)} MB`;
}

function chosen(files) {
  if (files.length > LISTED) return `${files.length} files, ${size(files)}`;
  return [...files].map((file) => `${file.name} (${size([file])})`).join(", ");
}

function list(zone, input) {
  const most = Number(input.dataset.most);
  const tooMany = most && input.files.length > most ? `These are ${input.files.length} files. Send at most ${most} at a time.` : "";
  input.setCustomValidity(tooMany);
  zone.querySelector("[data-chosen]").textContent = tooMany || chosen(input.files);
}

// What is dropped comes on top of what was chosen before: nobody loses the first five files by dropping five more.
function together(before, dropped) {
  const all = new DataTransfer();
  const known = new Set();
  for (const file of [...before, ...dropped]) {
    const key = `${file.name} ${file.size} ${file.lastModified}`;
    if (!known.has(key)) all.items.add(file);
    known.add(key);
  }
  return all.files;
}

function bind(zone) {
  const input = zone.querySelector("input[type=file]");
  input.addEventListener("change", () => list(zone, input));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    input.files = together(input.files, event.dataTransfer.files);
    list(zone, input);
  });
}

export function bindUploads() {
  document.querySelectorAll("[data-drop]").forEach(bind);
}
