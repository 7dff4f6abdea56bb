// Journeys, leg by leg: a bar and a list for the base and for the scenario, side by side.
const KINDS = {
  ride: "moving", drive: "moving", access: "local", egress: "local", walk: "local", park: "local",
  check_in: "waiting", wait: "waiting", exit: "waiting", transfer: "changing", border: "border",
};

// Getting into the car and out of it are one kind; what follows tells them apart.
const wordsOfLegs = (legs) => legs.map((leg, at) =>
  legWords({ ...leg, kind: leg.kind === "park" && legs.slice(at).some((next) => next.kind === "drive") ? "unpark" : leg.kind }));

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
  const words = wordsOfLegs(legs);
  const said = legs.map((leg, at) => `${words[at]} ${minutes(leg.minutes)}`).join(", ");
  const drawing = element("div", { class: "bar", role: "img", "aria-label": word("journey_bar", { view: name, total: minutes(total), legs: said }) });
  for (const [at, leg] of legs.entries()) {
    const share = (100 * leg.minutes) / longest;
    const part = element("span", { class: kindOf(leg), title: `${words[at]}: ${minutes(leg.minutes)}` }, share > 4 ? number(leg.minutes) : "");
    part.style.width = `${share}%`;
    drawing.append(part);
  }
  return element("div", { class: "telling" }, element("span", {}, name), drawing, element("span", { class: "total" }, minutes(total)));
}

function legList(name, legs) {
  const words = wordsOfLegs(legs);
  const items = legs.map((leg, at) => element("li", {}, element("span", { class: kindOf(leg), "aria-hidden": "true" }),
    element("span", { class: "minutes" }, minutes(leg.minutes)), element("span", {}, words[at])));
  const told = items.length ? element("ol", {}, ...items) : element("p", { class: "small" }, word("no_journey"));
  return element("div", {}, element("h4", {}, name), told);
}

// The trips told of one pair of cities on one side: the typical one, or those the author chose.
function tripsOf(legs) {
  const trips = grouped(legs, (leg) => `${leg.from_id} ${leg.to_id}`);
  return [...trips.values()].map((trip) => ({ legs: trip, ends: word("journey_ends", { from: placeName(trip[0].from_id), to: placeName(trip[0].to_id) }) }));
}

function showJourneys() {
  const told = rows(data.journeys);
  const sides = [["base", word("base")], [state.scenario, word("scenario")]];
  const pairsTold = grouped(told, (leg) => `${leg.from_city} ${leg.to_city}`);
  const longest = Math.max(...[...grouped(told, (leg) => `${leg.scenario} ${leg.from_id} ${leg.to_id}`).values()].map(totalOf));
  byId("journeys-section").hidden = !told.length;
  const blocks = [...pairsTold.values()].map((legs) => {
    const trips = sides.flatMap(([scenario, name]) => {
      const found = tripsOf(legs.filter((leg) => leg.scenario === scenario));
      return (found.length ? found : [{ legs: [], ends: "" }]).map((trip) => ({ ...trip, name }));
    });
    const heading = word("journey_pair", { from: placeName(legs[0].from_city), to: placeName(legs[0].to_city) });
    return element("article", {}, element("h3", {}, heading),
      ...trips.flatMap((trip) => (trip.legs.length ? [bar(trip.name, trip.legs, longest)] : [])),
      element("div", { class: "legs" }, ...trips.map((trip) => legList([trip.name, trip.ends].filter(Boolean).join(" · "), trip.legs))));
  });
  byId("journeys").replaceChildren(...blocks);
  const kinds = [...new Set(Object.values(KINDS))];
  byId("journeys-legend").replaceChildren(...kinds.map((kind) =>
    element("li", {}, element("span", { class: `swatch kind-${kind}`, "aria-hidden": "true" }), word(`kind_${kind}`))));
}
