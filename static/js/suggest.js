// What the answers suggest, shown at once; the rule is the server's (screening/protocol/suggest.py), which says the same on reload.
function suggestion(groups) {
  const given = groups.map((group) => [group.dataset.label, group.querySelector("input:checked")?.value || ""]);
  const failed = given.find(([, answer]) => answer === "not_met");
  if (failed) return ["exclude", `Your answers suggest Exclude: ${failed[0]} is not met.`];
  if (given.every(([, answer]) => answer === "")) return ["", ""];
  const open = given.find(([, answer]) => answer !== "met");
  if (!open) return ["include", "Your answers suggest Include: every criterion is met."];
  return ["maybe", `Your answers suggest Maybe: ${open[0]} is ${open[1] === "unclear" ? "unclear" : "not answered yet"}.`];
}

function show(form) {
  const [decision, sentence] = suggestion([...form.querySelectorAll("[data-criterion]")]);
  for (const button of form.querySelectorAll(".vote")) button.classList.toggle("suggested", button.value === decision);
  const words = form.querySelector("[data-suggestion]");
  if (words) words.textContent = sentence;
}

export function bindSuggestions() {
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form");
    if (form && event.target.closest("[data-criterion]")) show(form);
  });
}
