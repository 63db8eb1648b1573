// The look of the map: warm paper, the served city lighter than the land around it, lines in their colours.

const INK = "#1c2536";
const PAPER = "#e9e4d8";
const SERVED = "#f8f5ee";
const SOFT = "#6a7080";
const SERVICE = "#6d7b3c";
// No glyph files: MapLibre draws labels in a font of the reader's own machine.
const FONT = ["Noto Sans", "Liberation Sans", "sans-serif"];
const BOLD = ["Noto Sans Bold", "Liberation Sans Bold", "sans-serif"];
export const STREETS_FROM_ZOOM = 7;
const STOPS_FROM_ZOOM = 12.5;
const NAMES_FROM_ZOOM = 14;
const NUMBERS_FROM_ZOOM = 12;
const SERVICES_FROM_ZOOM = 13;

const byZoom = (...steps) => ["interpolate", ["exponential", 1.4], ["zoom"], ...steps];
const lit = (yes, no) => ["case", ["boolean", ["feature-state", "lit"], false], yes, no];
// Ridden in the direction of the line, a little to its right: both directions of a street show side by side.
const OFFSET = byZoom(12, 0, 14, 1.4, 16, 4);
const WIDTH = byZoom(9, lit(4, 1.4), 12, lit(6, 2.8), 14, lit(7.5, 4), 17, lit(11, 7));
const OTHERS = "#a8a497";

export function layers(page) {
  const colour = ["match", ["get", "route_id"], ...coloursOf(page), OTHERS];
  const own = ["in", ["get", "route_id"], ["literal", Object.keys(page.routes)]];
  const round = { "line-cap": "round", "line-join": "round" };
  const routes = { type: "line", source: "release", "source-layer": "routes" };
  const single = ["<=", ["get", "runs"], 1]; // or imported, and not ridden yet
  const stops = page.stops ? { source: "stops" } : { source: "release", "source-layer": "stops" };
  const from = page.stops ? 0 : STOPS_FROM_ZOOM;
  const services = { source: "release", "source-layer": "service_points" };
  return [
    { id: "paper", type: "background", paint: { "background-color": PAPER } },
    { id: "graticule", type: "line", source: "graticule", paint: { "line-color": "#d6cfbf", "line-width": 1 } },
    { id: "served", ...routes, layout: round, paint: { "line-color": SERVED, "line-width": byZoom(8, 7, 11, 16, 14, 40, 17, 110), "line-blur": byZoom(8, 3, 11, 6, 14, 14, 17, 36) } },
    ...(page.streets ? streets(round) : []),
    { id: "casing", ...routes, minzoom: 10.5, layout: round, paint: { "line-color": "#ffffff", "line-width": byZoom(10, 2, 12, 4, 14, 6.5, 17, 11), "line-offset": OFFSET } },
    { id: "routes-chosen", ...routes, filter: ["==", ["get", "route_id"], ""], layout: round, paint: { "line-color": colour, "line-opacity": 0.3, "line-width": byZoom(9, 8, 12, 12, 14, 16, 17, 26), "line-offset": OFFSET } },
    { id: "routes-single", ...routes, filter: single, layout: { "line-join": "round" }, paint: { "line-color": colour, "line-width": WIDTH, "line-offset": OFFSET, "line-dasharray": [2.2, 1.4] } },
    { id: "routes", ...routes, filter: ["!", single], layout: round, paint: { "line-color": colour, "line-width": WIDTH, "line-offset": OFFSET } },
    { id: "services", type: "symbol", ...services, minzoom: SERVICES_FROM_ZOOM, layout: { "text-field": "■", "text-font": FONT, "text-size": byZoom(12, 9, 16, 16), "text-allow-overlap": true, "text-ignore-placement": true }, paint: { "text-color": SERVICE, "text-halo-color": "#ffffff", "text-halo-width": 1.2 } },
    { id: "stops", type: "circle", ...stops, minzoom: from, paint: { "circle-color": "#ffffff", "circle-stroke-color": INK, "circle-radius": byZoom(9, page.stops ? 2 : 1, 12.5, page.stops ? 3 : 1.4, 14, 3, 17, 6), "circle-stroke-width": byZoom(12.5, 0.8, 14, 1.3, 17, 2.4) } },
    { id: "numbers", type: "symbol", source: "release", "source-layer": "routes", minzoom: NUMBERS_FROM_ZOOM, filter: ["all", ["has", "short_name"], own], layout: { "symbol-placement": "line", "symbol-spacing": 260, "text-field": ["get", "short_name"], "text-font": BOLD, "text-size": 11.5, "text-rotation-alignment": "viewport", "text-padding": 6 }, paint: { "text-color": "#ffffff", "text-halo-color": colour, "text-halo-width": 3.2 } },
    { id: "stops-names", type: "symbol", ...stops, minzoom: page.stops ? NUMBERS_FROM_ZOOM : NAMES_FROM_ZOOM, filter: ["has", "name"], layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": byZoom(14, 11, 17, 14), "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.7, "text-max-width": 9, "symbol-sort-key": ["-", 0, ["get", "runs"]] }, paint: { "text-color": INK, "text-halo-color": SERVED, "text-halo-width": 1.6 } },
    { id: "services-names", type: "symbol", ...services, minzoom: 15, layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 11, "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.9, "text-max-width": 9, "text-optional": true }, paint: { "text-color": "#4c5727", "text-halo-color": SERVED, "text-halo-width": 1.4 } },
    { id: "graticule-names", type: "symbol", source: "graticule", filter: ["==", ["geometry-type"], "Point"], layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 10, "text-anchor": ["get", "anchor"], "text-offset": [0.3, 0.3] }, paint: { "text-color": SOFT } },
  ];
}

// The city's own streets, quiet under the routes: the larger a street, the wider and the darker.
function streets(layout) {
  const tiles = { type: "line", source: "streets", "source-layer": "streets", layout };
  const rank = (n, colour, ...widths) => (
    { id: `streets-${n}`, ...tiles, filter: ["==", ["get", "rank"], n], paint: { "line-color": colour, "line-width": byZoom(...widths) } }
  );
  return [
    rank(4, "#e0d9c9", 14, 0.6, 17, 3),
    rank(3, "#ddd5c4", 12, 0.4, 14, 1.2, 17, 6),
    rank(2, "#d6cdb9", 10, 0.5, 14, 2.4, 17, 9),
    rank(1, "#cdc2aa", 7, 0.6, 11, 1.4, 14, 3.4, 17, 12),
  ];
}

function coloursOf(page) {
  const pairs = Object.entries(page.routes).flatMap(([id, route]) => [id, page.palette[route.colour]]);
  return pairs.length ? pairs : ["", INK];
}
