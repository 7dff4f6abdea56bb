// The map: circles of the chosen origin and time, what changes between them, the people counted, and the links.
const circles = data.map.circles.features.map((feature) => feature.properties);
const direction = circles[0]?.direction ?? "from";
const reached = rows(data.reached);
const origins = [...new Set(reached.map((row) => row.origin_id))];
const cutoffs = data.cutoffs;
// The first name is no font: the library reads the weight from it and falls through to the next.
const FONT = (weight) => [weight, "Helvetica Neue", "Arial", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"];
const RAIL = ["rail", "suburban", "metro"];
const ROAD = ["highway", "bridge", "tunnel"];
const ROOM = { top: 64, bottom: 64, left: 64, right: 100 }; // the buttons stand at the right
let map = null;
let ready = false;

const collection = (features) => ({ type: "FeatureCollection", features });
const point = (id, properties) => ({
  type: "Feature", properties, geometry: { type: "Point", coordinates: data.places[id].at } });

// How the chosen view sees a place that the comparison calls gained, lost, kept or outside.
function seen(change) {
  if (state.view === "change") return change;
  const inside = change === "kept" || change === (state.view === "base" ? "lost" : "gained");
  return inside ? "inside" : "outside";
}

function countedPoints() {
  const chosen = reached.filter((row) => row.scenario === state.scenario && row.origin_id === state.origin && row.population > 0);
  return collection(chosen.sort((a, b) => b.population - a.population).map((row) =>
    point(row.place_id, { id: row.place_id, seen: seen(row[`inside_${state.cutoff}`]), population: row.population,
      before: row.before ?? -1, after: row.after ?? -1 })));
}

function placeLabels() {
  const shown = Object.entries(data.places).filter(([, place]) => place.kind !== "county");
  return collection(shown.map(([id, place]) => point(id, {
    id, name: placeName(id), kind: place.kind, rank: -(place.population ?? 0), chosen: id === state.origin })));
}

// Orange strokes over orange: what is lost can be told without seeing colour.
function hatching(shade) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = shade;
  pen.lineWidth = 3;
  for (const shift of [-16, 0, 16]) { pen.moveTo(shift - 2, 18); pen.lineTo(shift + 18, -2); }
  pen.stroke();
  return pen.getImageData(0, 0, 16, 16);
}

const zoomed = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];
const drawn = (...conditions) => ["all", ...conditions];
const is = (property, value) => ["==", ["get", property], value];
const among = (property, values) => ["in", ["get", property], ["literal", values]];

function style() {
  const geojson = (content) => ({ type: "geojson", data: content });
  const line = (id, source, paint, extra = {}) => ({
    id, type: "line", source, paint, layout: { "line-join": "round", "line-cap": "butt" }, ...extra });
  const fill = (id, source, paint, filter) => ({ id, type: "fill", source, paint, filter: filter ?? ["literal", true] });
  const ofChange = (change) => ({ "line-color": colour(change), "line-width": 1.4 });
  const halo = { "text-color": colour("ink"), "text-halo-color": colour("land"), "text-halo-width": 1.6 };
  return {
    version: 8,
    sources: {
      land: geojson(data.map.land), circles: geojson(data.map.circles), areas: geojson(data.map.areas),
      links: geojson(data.map.links), changes: geojson(data.map.changes), points: geojson(countedPoints()), labels: geojson(placeLabels()),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colour("sea") } },
      fill("land", "land", { "fill-color": colour("land") }),
      line("coast", "land", { "line-color": colour("coast"), "line-width": 0.7 }),
      fill("circle", "circles", { "fill-color": colour("time-near"), "fill-opacity": 0.34 }),
      fill("kept", "areas", { "fill-color": colour("kept"), "fill-opacity": 0.75 }),
      fill("gained", "areas", { "fill-color": colour("gained"), "fill-opacity": 0.5 }),
      fill("lost", "areas", { "fill-color": colour("lost"), "fill-opacity": 0.34 }),
      fill("lost-hatching", "areas", { "fill-pattern": "hatching", "fill-opacity": 0.75 }),
      line("roads", "links", { "line-color": colour("road"), "line-width": zoomed(6, 0.6, 9, 1.3, 12, 3) }),
      line("others", "links", { "line-color": colour("rail"), "line-width": 1, "line-dasharray": [1, 2] }),
      line("railways", "links", { "line-color": colour("rail"), "line-opacity": 0.6, "line-width": zoomed(6, 0.5, 9, 1, 12, 2) }),
      line("circle-edge", "circles", { "line-color": colour("time-near"), "line-width": 1.5 }),
      line("circle-other", "circles", { "line-color": colour("time-near"), "line-width": 1.2, "line-dasharray": [4, 3] }),
      line("gained-edge", "areas", ofChange("gained")),
      line("lost-edge", "areas", ofChange("lost")),
      line("changes-ground", "changes", { "line-color": colour("land"), "line-width": zoomed(6, 4, 10, 7) }),
      line("changes-there", "changes", { "line-color": colour("bridge"), "line-width": zoomed(6, 2, 10, 3.5) }),
      line("changes-gone", "changes", { "line-color": colour("bridge"), "line-width": zoomed(6, 2, 10, 3.5), "line-dasharray": [1.5, 1.2] }),
      { id: "points", type: "circle", source: "points", paint: pointPaint() },
      { id: "stops", type: "circle", source: "labels", minzoom: 9, filter: ["!", is("kind", "city")],
        paint: { "circle-radius": zoomed(9, 1.4, 12, 3), "circle-color": colour("paper"), "circle-stroke-color": colour("ink"), "circle-stroke-width": 1 } },
      { id: "stop-names", type: "symbol", source: "labels", minzoom: 10, filter: ["!", is("kind", "city")],
        layout: { "text-field": ["get", "name"], "text-font": FONT("Regular"), "text-size": 11, "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.6, "text-max-width": 8 },
        paint: { ...halo, "text-color": colour("muted") } },
      { id: "cities", type: "circle", source: "labels", filter: is("kind", "city"),
        paint: { "circle-radius": 2.2, "circle-color": colour("ink"), "circle-stroke-color": colour("land"), "circle-stroke-width": 1 } },
      { id: "origin", type: "circle", source: "labels", filter: is("chosen", true),
        paint: { "circle-radius": 5.5, "circle-color": colour("ink"), "circle-stroke-color": colour("land"), "circle-stroke-width": 2 } },
      { id: "city-names", type: "symbol", source: "labels", filter: is("kind", "city"),
        layout: { "text-field": ["get", "name"], "text-font": FONT("Semibold"), "text-size": zoomed(6, 12, 10, 16), "symbol-sort-key": ["get", "rank"],
          "text-variable-anchor": ["bottom", "top", "left", "right", "bottom-left", "bottom-right", "top-left", "top-right"], "text-radial-offset": 0.7, "text-padding": 3 },
        paint: { ...halo, "text-halo-width": 2 } },
    ],
  };
}

function pointPaint() {
  const bySeen = (values, otherwise) => ["match", ["get", "seen"], ...Object.entries(values).flat(), otherwise];
  const size = (scale) => ["*", scale, ["sqrt", ["/", ["get", "population"], 1e6]]];
  const solid = { gained: colour("gained"), lost: colour("lost"), kept: colour("muted"), inside: colour("time-near") };
  return {
    "circle-radius": ["interpolate", ["exponential", 1.4], ["zoom"], 7, size(4.2), 9, size(7), 12, size(20)],
    "circle-color": bySeen(solid, colour("land")),
    "circle-opacity": bySeen({ outside: 0 }, 0.85),
    "circle-stroke-color": bySeen({ outside: colour("muted") }, colour("land")),
    "circle-stroke-width": 1,
    "circle-stroke-opacity": bySeen({ outside: 0.55 }, 0.9),
  };
}

// Which features of each layer belong to what the reader chose.
function filters() {
  const circle = drawn(is("scenario", state.view === "base" ? "base" : state.scenario), is("origin", state.origin));
  const area = (change) => drawn(is("scenario", state.scenario), is("origin", state.origin), is("cutoff", state.cutoff),
    is("change", state.view === "change" ? change : ""));
  const here = is("scenario", state.scenario);
  // What a scenario removes is drawn by the layers of change, not by those of the network.
  const standing = ["!", ["in", `|${state.scenario}|`, ["get", "removed_in"]]];
  const there = { base: ["removed"], scenario: ["added", "retimed"], change: ["added", "retimed"] }[state.view];
  const gone = { base: [], scenario: [], change: ["removed"] }[state.view];
  const chosen = state.view === "change" ? ["literal", false] : drawn(circle, is("cutoff", state.cutoff));
  const other = state.view === "change" ? ["literal", false] : drawn(circle, ["!=", ["get", "cutoff"], state.cutoff]);
  return {
    circle: chosen, "circle-edge": chosen, "circle-other": other,
    kept: area("kept"), gained: area("gained"), "gained-edge": area("gained"),
    lost: area("lost"), "lost-hatching": area("lost"), "lost-edge": area("lost"),
    roads: drawn(standing, among("mode", ROAD)), railways: drawn(standing, among("mode", RAIL)),
    others: drawn(standing, ["!", among("mode", [...ROAD, ...RAIL])]),
    "changes-ground": drawn(here, among("change", [...there, ...gone])),
    "changes-there": drawn(here, among("change", there)), "changes-gone": drawn(here, among("change", gone)),
  };
}

function styleOfChoice() {
  const whole = style();
  const chosen = filters();
  for (const layer of whole.layers) if (layer.id in chosen) layer.filter = chosen[layer.id];
  return whole;
}

// Called once per language: the library takes its words when it is made. The reader's view of the land is kept.
function buildMap() {
  const container = byId("map");
  const camera = map ? { center: map.getCenter(), zoom: map.getZoom() } : { bounds: data.map.bounds, fitBoundsOptions: { padding: container.clientWidth > 600 ? ROOM : 30 } };
  if (map) map.remove();
  container.replaceChildren();
  container.dataset.state = "painting";
  ready = false;
  try {
    map = new maplibregl.Map({
      container, style: styleOfChoice(), ...camera, attributionControl: false, cooperativeGestures: true, maxBounds: data.map.frame, dragRotate: false,
      pitchWithRotate: false, touchPitch: false, maxZoom: 14, minZoom: 3, renderWorldCopies: false, fadeDuration: 0,
      locale: { "Map.Title": mapLabel(), "NavigationControl.ZoomIn": word("zoom_in"), "NavigationControl.ZoomOut": word("zoom_out"),
        "CooperativeGesturesHandler.WindowsHelpText": word("gesture_windows"), "CooperativeGesturesHandler.MacHelpText": word("gesture_mac"),
        "CooperativeGesturesHandler.MobileHelpText": word("gesture_touch") },
    });
  } catch {
    map = null;
    container.dataset.state = "unavailable";
    container.replaceChildren(element("p", {}, word("map_unavailable")));
    return;
  }
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("styleimagemissing", ({ id }) => { if (id === "hatching" && !map.hasImage(id)) map.addImage(id, hatching(colour("lost")), { pixelRatio: 2 }); });
  // What the reader chose while the map was loading is taken up once it stands.
  map.on("load", () => { ready = true; applyChoice(); });
  map.on("idle", () => { container.dataset.state = "painted"; });
  listen();
  stamp();
}

function listen() {
  const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false, maxWidth: "18rem" });
  const open = (event) => {
    const { id, population, before, after } = event.features[0].properties;
    const time = (value) => minutes(value < 0 ? null : value);
    map.getCanvas().style.cursor = "pointer";
    popup.setLngLat(data.places[id].at).setDOMContent(element("div", {}, element("strong", {}, placeName(id)),
      element("div", {}, word("popup_people", { people: people(population) })),
      element("div", {}, word("popup_times", { before: time(before), after: time(after) })))).addTo(map);
  };
  const close = () => { map.getCanvas().style.cursor = ""; popup.remove(); };
  map.on("mousemove", "points", open);
  map.on("click", "points", open);
  map.on("mouseleave", "points", close);
  map.on("click", "city-names", (event) => {
    const { id } = event.features[0].properties;
    if (origins.includes(id)) { state.origin = id; render(); }
  });
}

const mapLabel = () => word("map_label", { minutes: state.cutoff, origin: placeName(state.origin) });

function stamp() {
  const { basis, date } = basisLine();
  byId("map").querySelector(".map-stamp")?.remove();
  byId("map").append(element("div", { class: "map-stamp" }, `${basis} · ${date}`));
}

function showMap() {
  byId("map-heading").textContent = word(`map_heading_${direction}`, { minutes: state.cutoff, origin: placeName(state.origin) });
  showLegend();
  showReading();
  if (map) map.getCanvas().setAttribute("aria-label", mapLabel());
  if (ready) applyChoice();
}

function applyChoice() {
  byId("map").dataset.state = "painting";
  for (const [layer, filter] of Object.entries(filters())) map.setFilter(layer, filter);
  map.getSource("points").setData(countedPoints());
  map.getSource("labels").setData(placeLabels());
}

function showLegend() {
  const swatch = (key, name, kind = "", values = {}) => {
    const sample = element("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
    if (/line|dot/.test(kind)) sample.style.borderColor = colour(name);
    else sample.style.backgroundColor = `color-mix(in srgb, ${colour(name)} 60%, ${colour("land")})`;
    if (kind.includes("dashed")) sample.style.borderTopStyle = "dashed";
    return element("li", {}, sample, word(key, values));
  };
  const changes = new Set(data.map.changes.features.filter((link) => link.properties.scenario === state.scenario).map((link) => link.properties.change));
  const ground = state.view === "change"
    ? [swatch("legend_gained", "gained"), swatch("legend_lost", "lost", "hatched"), swatch("legend_kept", "kept")]
    : [swatch("legend_inside", "time-near", "", { minutes: state.cutoff }),
       ...cutoffs.filter((cutoff) => circles.length && cutoff !== state.cutoff).map((cutoff) => swatch("legend_other", "time-near", "outline", { minutes: cutoff }))];
  const links = [swatch("legend_road", "road", "line"), swatch("legend_rail", "rail", "line")];
  if (changes.has("added") && state.view !== "base") links.push(swatch("legend_added", "bridge", "line"));
  if (changes.has("retimed") && state.view !== "base") links.push(swatch("legend_retimed", "bridge", "line"));
  if (changes.has("removed") && state.view !== "scenario") links.push(
    state.view === "base" ? swatch("legend_will_go", "bridge", "line") : swatch("legend_removed", "bridge", "line dashed"));
  byId("map-legend").replaceChildren(...ground, swatch("legend_outside", "muted", "dot"), ...links);
}

// The map in one sentence, for those who cannot see it and those who want the number.
function showReading() {
  const circle = (scenario) => circles.find((one) => one.scenario === scenario && one.origin === state.origin && one.cutoff === state.cutoff);
  const tell = (scenario) => {
    const { people: count, cities } = circle(scenario);
    const others = { 0: "reading_no_city", 1: "reading_city" }[cities] ?? "reading_cities";
    return word("reading", { view: scenario === "base" ? word("base") : scenarioName(scenario), minutes: state.cutoff, origin: placeName(state.origin),
      people: word("reading_people", { people: people(count) }), cities: word(others, { count: cities }) });
  };
  const [before, after] = ["base", state.scenario].map(circle);
  byId("map-note").hidden = !circles.length; // in vehicle there is no ground to shade
  byId("map-reading").hidden = !before || !after;
  if (!before || !after) return;
  const lines = { base: [tell("base")], scenario: [tell(state.scenario)], change: [tell("base"), tell(state.scenario)] }[state.view];
  const change = { before: people(before.people), after: people(after.people), delta: signed(after.people - before.people, people) };
  if (state.view === "change") lines.push(word(change.delta === people(0) ? "reading_same" : "reading_change", change));
  byId("map-reading").textContent = lines.join(state.language === "zh" ? "" : " ");
}
