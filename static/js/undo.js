// The undo bar counts down and goes, unless somebody is on it; the vote itself stays editable as the server says.
function start(bar) {
  const line = bar.querySelector("progress");
  const until = Date.now() + Number(bar.dataset.seconds) * 1000;
  const tick = () => {
    if (!bar.isConnected) return;
    const left = until - Date.now();
    if (line) line.value = Math.max(left, 0) / 1000;
    if (left <= 0 && !bar.contains(document.activeElement)) bar.hidden = true;
    else setTimeout(tick, 200);
  };
  tick();
}

export function bindUndo() {
  const find = (root) => root.querySelectorAll("[data-seconds]").forEach(start);
  find(document);
  document.addEventListener("htmx:afterSettle", (event) => find(event.detail.elt));
}
