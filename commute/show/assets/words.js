// What every part of the page shares: the data, the choices the reader made, words, names and numbers.
const data = JSON.parse(document.getElementById("data").textContent);
const state = { language: data.language, scenario: data.scenarios[0], view: "change", cutoff: null, origin: null };

// A frame travels as its columns and its rows; here a row becomes an object.
const rows = (frame) => frame.rows.map((row) => Object.fromEntries(frame.columns.map((column, i) => [column, row[i]])));

function grouped(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

function word(key, values = {}) {
  const text = data.words[state.language][key];
  if (text === undefined) throw new Error(`No word for "${key}" in "${state.language}".`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
const wordOr = (key, fallback) => data.words[state.language][key] ?? fallback;

const inLanguage = (names) => (state.language === "zh" && names.zh) || names.en;
const placeName = (id) => inLanguage(data.places[id] ?? { en: id });
const lineName = (id) => inLanguage(data.lines[id] ?? { en: id.replaceAll("-", " ") });
// Legs tell names, not identifiers.
const displayName = (name) => (state.language === "zh" && data.names[name]) || name;
const scenarioName = (id) => inLanguage(data.scenario_names[id]);

const locale = () => (state.language === "zh" ? "zh-CN" : "en-GB");
const number = (value, digits = 0) =>
  value.toLocaleString(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
const peopleFormat = () => new Intl.NumberFormat(locale(), { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 3 });
const people = (value) => peopleFormat().format(value);
const minutes = (value) => (value === null ? word("not_reached") : word("minutes", { minutes: number(value) }));
const percent = (value, digits = 0) => value.toLocaleString(locale(), {
  style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits });
const joined = (items) => items.join(word("list_joint"));

// A change with its sign; zero has none. `show` writes the size.
function signed(value, show) {
  const size = show(Math.abs(value));
  if (size === show(0)) return size;
  return (value > 0 ? "+" : "−") + size;
}

// An element with attributes and children; text stays text, so nothing read from a table becomes markup.
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
const byId = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function basisLine() {
  const manifest = data.manifest;
  const date = manifest.as_of ? word("as_of", { date: manifest.as_of }) : word("undated");
  const rest = [date, word("version", manifest)];
  if (manifest.data_hash) rest.push(word("data_hash", { hash: manifest.data_hash.slice(0, 8) }));
  if (manifest.assumptions_hash) rest.push(word("assumptions_hash", { hash: manifest.assumptions_hash.slice(0, 8) }));
  return { basis: word(manifest.basis), rest: rest.join(" · "), date };
}
