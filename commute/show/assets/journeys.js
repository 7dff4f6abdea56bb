// Journeys, leg by leg: a bar and a list for the base and for the scenario, side by side.
const KINDS = {
  ride: "moving", drive: "moving", access: "local", egress: "local", walk: "local", park: "local",
  check_in: "waiting", wait: "waiting", exit: "waiting", transfer: "changing", border: "border",
};

function legWords(leg) {
  const values = { from: displayName(leg.from_place), to: displayName(leg.to_place), line: displayName(leg.line) };
  const withLine = `leg_${leg.kind}_line`;
  if (leg.line && wordOr(withLine, null)) return word(withLine, values);
  if (leg.kind === "transfer" && leg.from_place !== leg.to_place) return word("leg_transfer_to", values);
  return wordOr(`leg_${leg.kind}`, null) ? word(`leg_${leg.kind}`, values) : values.to;
}

const totalOf = (legs) => legs.reduce((sum, leg) => sum + leg.minutes, 0);
const kindOf = (leg) => `kind-${KINDS[leg.kind] ?? "local"}`;

function bar(name, legs, longest) {
  const total = totalOf(legs);
  const said = legs.map((leg) => `${legWords(leg)} ${minutes(leg.minutes)}`).join(", ");
  const drawing = element("div", { class: "bar", role: "img", "aria-label": word("journey_bar", { view: name, total: minutes(total), legs: said }) });
  for (const leg of legs) {
    const share = (100 * leg.minutes) / longest;
    const part = element("span", { class: kindOf(leg), title: `${legWords(leg)}: ${minutes(leg.minutes)}` }, share > 4 ? number(leg.minutes) : "");
    part.style.width = `${share}%`;
    drawing.append(part);
  }
  return element("div", { class: "telling" }, element("span", {}, name), drawing, element("span", { class: "total" }, minutes(total)));
}

function legList(name, legs) {
  const items = legs.map((leg) => element("li", {}, element("span", { class: kindOf(leg), "aria-hidden": "true" }),
    element("span", { class: "minutes" }, minutes(leg.minutes)), element("span", {}, legWords(leg))));
  const told = items.length ? element("ol", {}, ...items) : element("p", { class: "small" }, word("no_journey"));
  return element("div", {}, element("h4", {}, name), told);
}

function showJourneys() {
  const told = rows(data.journeys);
  const sides = [["base", word("base")], [state.scenario, word("scenario")]];
  const keys = [...new Set(told.map((leg) => `${leg.from_id} ${leg.to_id}`))];
  byId("journeys-section").hidden = !keys.length;
  const blocks = keys.map((key) => {
    const [from_id, to_id] = key.split(" ");
    const legs = sides.map(([scenario]) => told.filter((leg) => leg.from_id === from_id && leg.to_id === to_id && leg.scenario === scenario));
    const longest = Math.max(...legs.map(totalOf));
    return element("article", {}, element("h3", {}, word("journey_pair", { from: placeName(from_id), to: placeName(to_id) })),
      ...legs.flatMap((one, side) => (one.length ? [bar(sides[side][1], one, longest)] : [])),
      element("div", { class: "legs" }, ...legs.map((one, side) => legList(sides[side][1], one))));
  });
  byId("journeys").replaceChildren(...blocks);
  const kinds = [...new Set(Object.values(KINDS))];
  byId("journeys-legend").replaceChildren(...kinds.map((kind) =>
    element("li", {}, element("span", { class: `swatch kind-${kind}`, "aria-hidden": "true" }), word(`kind_${kind}`))));
}
