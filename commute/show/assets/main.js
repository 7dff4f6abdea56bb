// Sets the page up, and draws it again when the reader chooses a language, a scenario, a view, a time or an origin.
function segmented(id, options) {
  const fieldset = byId(id);
  for (const [value, label] of options) {
    const input = element("input", { type: "radio", name: id, id: `${id}-${value}`, value: String(value) });
    input.checked = String(state[id]) === String(value);
    input.addEventListener("change", () => { state[id] = id === "cutoff" ? Number(value) : value; render(); });
    fieldset.append(input, element("label", { for: input.id, "data-option": label }));
  }
}

function choices(id, values) {
  const select = byId(id);
  select.append(...values.map((value) => element("option", { value })));
  select.addEventListener("change", () => { state[id] = select.value; render(); });
}

function showWords() {
  document.documentElement.lang = state.language === "zh" ? "zh-Hans" : "en";
  const title = data.title ?? scenarioName(state.scenario);
  document.title = title;
  byId("title").textContent = title;
  const region = data.region ? inLanguage(data.region) : null;
  byId("kicker").textContent = region ? word("kicker", { region }) : word("kicker_plain");
  byId("deck").textContent = word(data.title ? "deck" : "deck_untitled", { cutoffs: joined(cutoffs.map(String)), scenario: scenarioName(state.scenario) });
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  if (direction === "to") document.querySelector('label[for="origin"]').textContent = word("origin_to");
  const { basis, rest } = basisLine();
  for (const node of document.querySelectorAll(".basis-line")) node.replaceChildren(element("strong", {}, basis), ` · ${rest}`);
  byId("colophon").textContent = word("colophon", { version: word("version", data.manifest) });
  for (const button of document.querySelectorAll("[data-language]"))
    button.setAttribute("aria-pressed", String(button.dataset.language === state.language));
}

function showChoices() {
  for (const label of document.querySelectorAll("#view label")) label.textContent = word(label.dataset.option);
  for (const label of document.querySelectorAll("#cutoff label")) label.textContent = word("cutoff_value", { minutes: label.dataset.option });
  for (const option of byId("origin").options) option.textContent = placeName(option.value);
  for (const option of byId("scenario").options) option.textContent = scenarioName(option.value);
  byId("origin").value = state.origin;
  byId("scenario").value = state.scenario;
}

function render() {
  showWords();
  showChoices();
  showKeyFigures();
  showMap();
  showSummary();
  showJourneys();
  showPairs();
  showLinks();
  showAssumptions();
  showSources();
}

state.cutoff = cutoffs.at(-1);
state.origin = origins[0];
segmented("view", [["base", "base"], ["scenario", "scenario"], ["change", "change"]]);
segmented("cutoff", cutoffs.map((cutoff) => [cutoff, String(cutoff)]));
choices("origin", origins);
choices("scenario", data.scenarios);
document.querySelector(".choose-scenario").hidden = data.scenarios.length < 2;
byId("controls").addEventListener("submit", (event) => event.preventDefault());
byId("pairs-search").addEventListener("input", showPairs);
byId("pairs-more").addEventListener("click", () => { order.all = !order.all; showPairs(); });
for (const button of document.querySelectorAll("[data-language]"))
  button.addEventListener("click", () => { state.language = button.dataset.language; buildMap(); render(); });
// The map takes its colours from the page: a change between light and dark draws it anew.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { buildMap(); render(); });
buildMap();
render();
