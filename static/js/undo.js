// The undo bar counts down and goes; the vote itself stays editable as the server says.
function start(bar) {
  const line = bar.querySelector("progress");
  const until = Date.now() + Number(bar.dataset.seconds) * 1000;
  const tick = () => {
    const left = until - Date.now();
    if (!bar.isConnected) return;
    if (left <= 0) {
      line.remove();
      return;
    }
    line.value = left / 1000;
    setTimeout(tick, 200);
  };
  tick();
}

export function bindUndo() {
  const find = (root) => root.querySelectorAll("[data-seconds]").forEach(start);
  find(document);
  document.addEventListener("htmx:afterSettle", (event) => find(event.detail.elt));
}
