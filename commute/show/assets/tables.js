// The figures in numbers: the key ones, the score with its pillars, every pair, what changed, assumptions and sources.
const PILLARS = ["access", "mutual_reach", "balance", "quality", "resilience"];
const FEW_PAIRS = 12;
const pairs = rows(data.pairs);
const order = { column: "size", ascending: false, all: false };

const summaryOf = (scenario) => rows(data.summary).find((row) => row.scenario === scenario);
const cells = (tag, items, attributes = {}) => items.map((item) => element(tag, attributes, item));
const numeric = (text, tone = "") => element("td", { class: `number ${tone}` }, text);
// Better is blue, worse is orange; the sign says it too.
const tone = (value, better = 1) => (Math.abs(value) < 1e-9 ? "" : value * better > 0 ? "up" : "down");
const head = (labels) => element("thead", {}, element("tr", {}, ...labels.map(([key, kind, values]) =>
  element("th", { scope: "col", class: kind ?? "" }, key ? word(key, values) : ""))));

// 2.31 large and million small.
const peopleParts = (value) => peopleFormat().formatToParts(value).map(({ type, value: text }) =>
  (type === "compact" ? element("small", {}, text) : text));

function showKeyFigures() {
  const [before, after] = [summaryOf("base"), summaryOf(state.scenario)];
  const last = cutoffs.at(-1);
  const share = `coverage_${last}`;
  const found = [];
  const add = (value, label, from, way) => found.push(element("div", {}, element("dt", { class: way ?? "" }, ...[value].flat()),
    element("dd", {}, label, ...(from ? [element("br"), from] : []))));
  const both = (column) => before?.[column] != null && after?.[column] != null;
  if (both("score")) add(number(after.score, 1), word("key_score"), word("from_before", { before: number(before.score, 1) }), tone(after.score - before.score));
  if (both(share)) add(percent(after[share], 1), word("key_coverage", { minutes: last }), word("from_before", { before: percent(before[share], 1) }), tone(after[share] - before[share]));
  const counted = pairs.filter((pair) => pair.scenario === state.scenario).map((pair) => pair[`inside_${last}`]);
  const [gained, lost] = ["gained", "lost"].map((change) => counted.filter((one) => one === change).length);
  if (counted.length) add(`+${gained} / −${lost}`, word("key_pairs", { minutes: last }));
  const near = { minutes: last, origins: origins.length > 3 ? word("one_of", { count: origins.length }) : joined(origins.map(placeName)) };
  const [come, leave] = [after?.[`people_gained_${last}`], after?.[`people_lost_${last}`]];
  if (come) add(["+", ...peopleParts(come)], word("key_people_gained", near), null, "up");
  if (leave) add(["−", ...peopleParts(leave)], word("key_people_lost", near), null, "down");
  byId("key-figures").replaceChildren(...found);
}

// From a hollow dot to a full one, on the scale of the measure.
function track(before, after, most) {
  const place = (value) => `${(100 * value) / most}%`;
  const mark = (kind, left, width) => {
    const made = element("span", { class: kind });
    made.style.left = left;
    if (width) made.style.width = width;
    return made;
  };
  const drawing = element("div", { class: `track ${tone(after - before)}`, "aria-hidden": "true" });
  drawing.append(mark("run", place(Math.min(before, after)), place(Math.abs(after - before))), mark("from", place(before)), mark("to", place(after)));
  return drawing;
}

function showSummary() {
  const [before, after] = [summaryOf("base"), summaryOf(state.scenario)];
  const score = (value) => number(value, 1);
  const pillar = (value) => number(value, 3);
  const share = (value) => percent(value, 1);
  const measures = [["score", word("score"), score, 100], ...PILLARS.map((name) => [name, word(name), pillar, 1]),
    ...cutoffs.map((cutoff) => [`coverage_${cutoff}`, word("coverage", { minutes: cutoff }), share, 1])];
  const row = ([column, label, show, most]) => {
    const [from, to] = [before[column], after[column]];
    const known = from != null && to != null;
    return element("tr", { class: column === "score" ? "headline" : null }, element("th", { scope: "row" }, label),
      numeric(from == null ? word("no_score") : show(from)), numeric(to == null ? word("no_score") : show(to)),
      numeric(known ? signed(to - from, show) : "", known ? tone(to - from) : ""), element("td", {}, known ? track(from, to, most) : ""));
  };
  const bodies = measures.filter(([column]) => column in before).map(row);
  byId("summary").replaceChildren(head([["measure"], ["base", "number"], ["scenario", "number"], ["change_column", "number"], [null]]), element("tbody", {}, ...bodies));
}

const sizeOf = (pair) => (pair.delta === null ? (pair.before === pair.after ? -1 : Infinity) : Math.abs(pair.delta));
const KEYS = {
  from: (pair) => placeName(pair.from_id), to: (pair) => placeName(pair.to_id),
  before: (pair) => pair.before ?? Infinity, after: (pair) => pair.after ?? Infinity,
  delta: (pair) => pair.delta ?? (pair.before === null ? -Infinity : Infinity), size: sizeOf,
};

function sortedPairs() {
  const sought = byId("pairs-search").value.trim().toLocaleLowerCase();
  const spellings = (id) => [id, data.places[id]?.en, data.places[id]?.zh].join(" ").toLocaleLowerCase();
  const chosen = pairs.filter((pair) => pair.scenario === state.scenario
    && (!sought || spellings(pair.from_id).includes(sought) || spellings(pair.to_id).includes(sought)));
  const key = KEYS[order.column];
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, locale()) : a === b ? 0 : a < b ? -1 : 1);
  return chosen.sort((a, b) => compare(key(a), key(b)) * (order.ascending ? 1 : -1));
}

function pairHeading(column, kind = "") {
  const sorted = order.column === column ? (order.ascending ? "ascending" : "descending") : null;
  const button = element("button", { type: "button", "data-sort": column }, word(`pair_${column}`));
  button.addEventListener("click", () => {
    order.ascending = order.column === column ? !order.ascending : column === "from" || column === "to";
    order.column = column;
    showPairs();
    byId("pairs").querySelector(`[data-sort="${column}"]`).focus();
  });
  return element("th", { scope: "col", class: kind, "aria-sort": sorted }, button);
}

function showPairs() {
  const found = sortedPairs();
  const shown = order.all ? found : found.slice(0, FEW_PAIRS);
  const chip = (change) => element("td", {}, element("span", { class: `chip ${change}` }, word(`inside_${change}`)));
  const body = shown.map((pair) => element("tr", {}, element("th", { scope: "row" }, placeName(pair.from_id)), element("td", {}, placeName(pair.to_id)),
    numeric(minutes(pair.before)), numeric(minutes(pair.after)),
    numeric(pair.delta === null ? "" : signed(pair.delta, (size) => number(size)), pair.delta === null ? "" : tone(pair.delta, -1)),
    ...cutoffs.map((cutoff) => chip(pair[`inside_${cutoff}`]))));
  const width = 5 + cutoffs.length;
  if (!body.length) body.push(element("tr", {}, element("td", { colspan: width }, word("nothing_found"))));
  const heading = element("thead", {}, element("tr", {}, pairHeading("from"), pairHeading("to"), pairHeading("before", "number"), pairHeading("after", "number"),
    pairHeading("delta", "number"), ...cutoffs.map((cutoff) => element("th", { scope: "col" }, word("pair_inside", { minutes: cutoff })))));
  byId("pairs").replaceChildren(heading, element("tbody", {}, ...body));
  const more = byId("pairs-more");
  more.hidden = found.length <= FEW_PAIRS;
  more.textContent = order.all ? word("pairs_fewer") : word("pairs_more", { count: found.length });
}

function showLinks() {
  const changed = rows(data.links).filter((link) => link.scenario === state.scenario);
  byId("links-section").hidden = !changed.length;
  const time = (value) => (value === null ? "–" : minutes(value));
  const body = changed.map((link) => element("tr", {}, element("th", { scope: "row" }, lineName(link.line_id)), ...cells("td", [placeName(link.from_id), placeName(link.to_id)]),
    element("td", {}, word(`link_${link.change}`)), numeric(time(link.minutes_before)), numeric(time(link.minutes_after))));
  byId("links").replaceChildren(head([["link_line"], ["pair_from"], ["pair_to"], ["link_change"], ["pair_before", "number"], ["pair_after", "number"]]), element("tbody", {}, ...body));
}

function showAssumptions() {
  const { basis, period, wait_rule, travel } = data.choices;
  const said = { basis: word(basis), period: word(`period_${period}`), wait_rule: wordOr(`wait_${wait_rule}`, wait_rule), travel: joined(travel.map((mode) => word(`travel_${mode}`))) };
  byId("choices").textContent = word("choices", said);
  const plain = (value) => value.toLocaleString(locale(), { maximumFractionDigits: 3 });
  const body = rows(data.assumptions).map((row) => element("tr", {}, element("th", { scope: "row" }, wordOr(`assumption_${row.name}`, row.meaning)),
    numeric(`${plain(row.value)} ${wordOr(`unit_${row.unit}`, row.unit)}`.trim()), numeric(`${plain(row.low)}–${plain(row.high)}`), element("td", {}, row.source)));
  byId("assumptions").replaceChildren(head([["assumption"], ["value", "number"], ["range", "number"], ["source"]]), element("tbody", {}, ...body));
}

// Only web addresses become links; what else a table may hold stays text.
function showSources() {
  const item = (source) => {
    const addresses = (source.url ?? "").split(/[;\s]+/).filter((address) => /^https?:\/\//i.test(address));
    const link = (address, text) => element("a", { href: address, rel: "noreferrer", target: "_blank" }, text);
    const title = addresses.length ? link(addresses[0], source.title) : source.title;
    const more = addresses.slice(1).flatMap((address) => [" · ", link(address, new URL(address).hostname)]);
    const facts = [source.licence, source.published && word("published", { date: source.published }), source.retrieved && word("retrieved", { date: source.retrieved }), source.note];
    return element("li", {}, title, ...more, element("span", { class: "small" }, facts.filter(Boolean).join(" · ")));
  };
  byId("sources").replaceChildren(...rows(data.sources).map(item));
}
