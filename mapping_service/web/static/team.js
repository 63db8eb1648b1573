// The map of today's rides, for managers. The list below it says the same; without WebGL the sentence stays.

import { Map, NavigationControl, Popup, ScaleControl } from "./vendor/maplibre/maplibre-gl.mjs";
import { graticule } from "./graticule.js";

const page = JSON.parse(document.getElementById("map-data").textContent);
const PADDING_PX = 40;
const CLOSEST_FIT_ZOOM = 15;
const TOUCH_PX = 6;
// In use, waiting, and all that is not used.
const COLOUR = ["match", ["get", "status"], "accepted", "#0b5fa5", "received", "#8a6100", "#a3202e"];
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const container = document.getElementById("map");

try {
  const map = new Map({
    container,
    style: {
      version: 8,
      sources: {
        graticule: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
        rides: { type: "geojson", data: { type: "FeatureCollection", features: page.lines } },
      },
      layers: [
        { id: "paper", type: "background", paint: { "background-color": "#f8f5ee" } },
        { id: "graticule", type: "line", source: "graticule", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#d6cfbf", "line-width": 1 } },
        { id: "rides", type: "line", source: "rides", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": COLOUR, "line-width": 3, "line-opacity": 0.8 } },
      ],
    },
    bounds: box(page.lines),
    fitBoundsOptions: { padding: PADDING_PX, maxZoom: CLOSEST_FIT_ZOOM },
    attributionControl: false,
    cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    dragRotate: false, pitchWithRotate: false, touchPitch: false,
    fadeDuration: calm ? 0 : 200,
    locale: { "Map.Title": page.text.label, "NavigationControl.ZoomIn": page.text.zoom_in, "NavigationControl.ZoomOut": page.text.zoom_out },
  });
  container.querySelector(".map-fallback")?.remove();
  map.on("load", () => start(map));
} catch {
  // no WebGL
}

function start(map) {
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-right");
  const draw = () => map.getSource("graticule").setData(graticule(map.getBounds(), map.getZoom()));
  map.on("moveend", draw);
  draw();
  map.on("click", ({ point: { x, y }, lngLat }) => {
    const found = map.queryRenderedFeatures([[x - TOUCH_PX, y - TOUCH_PX], [x + TOUCH_PX, y + TOUCH_PX]], { layers: ["rides"] });
    const said = [...new Set(found.map(({ properties }) => [properties.who, properties.span].filter(Boolean).join(" · ")))];
    if (said.length) new Popup().setLngLat(lngLat).setDOMContent(list(said)).addTo(map);
  });
  container.dataset.ready = "true";
}

function list(lines) {
  const made = document.createElement("ul");
  made.append(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
  return made;
}

function box(features) {
  const places = features.flatMap(({ geometry }) => geometry.coordinates);
  const [lon, lat] = [0, 1].map((axis) => places.map((place) => place[axis]));
  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
  return [least(lon), least(lat), most(lon), most(lat)];
}
