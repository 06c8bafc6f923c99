// Drop zones: files may be dropped on them, and the chosen names are listed.
function list(zone, input) {
  const names = [...input.files].map((file) => `${file.name} (${Math.max(1, Math.round(file.size / 1000))} kB)`);
  zone.querySelector("[data-chosen]").textContent = names.length ? names.join(", ") : "";
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
    input.files = event.dataTransfer.files;
    list(zone, input);
  });
}

export function bindUploads() {
  document.querySelectorAll("[data-drop]").forEach(bind);
}
