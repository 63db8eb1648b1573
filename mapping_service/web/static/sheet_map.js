// A map of some lines, points and areas on bare paper. The list beside it says the same; without WebGL a sentence stays.

import { Map, NavigationControl, Popup, ScaleControl } from "./vendor/maplibre/maplibre-gl.mjs";
import { graticule } from "./graticule.js";

const PADDING_PX = 40;
const CLOSEST_FIT_ZOOM = 15;
const TOUCH_PX = 6;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const container = document.getElementById("map");

// `looks` are layers of the source "shown"; `say` gives the words of a feature's properties, which a tap shows.
export function sheetMap(text, features, looks, say) {
  try {
    const map = new Map({
      container,
      style: {
        version: 8,
        sources: {
          graticule: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
          shown: { type: "geojson", data: { type: "FeatureCollection", features } },
        },
        layers: [
          { id: "paper", type: "background", paint: { "background-color": "#f8f5ee" } },
          { id: "graticule", type: "line", source: "graticule", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#d6cfbf", "line-width": 1 } },
          ...looks.map((look) => ({ source: "shown", ...look })),
        ],
      },
      bounds: box(features),
      fitBoundsOptions: { padding: PADDING_PX, maxZoom: CLOSEST_FIT_ZOOM },
      attributionControl: false,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
      dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: calm ? 0 : 200,
      locale: { "Map.Title": text.label, "NavigationControl.ZoomIn": text.zoom_in, "NavigationControl.ZoomOut": text.zoom_out },
    });
    container.querySelector(".map-fallback")?.remove();
    map.on("load", () => start(map, looks.map(({ id }) => id), say));
  } catch {
    // no WebGL
  }
}

function start(map, layers, say) {
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-right");
  const draw = () => map.getSource("graticule").setData(graticule(map.getBounds(), map.getZoom()));
  map.on("moveend", draw);
  draw();
  map.on("click", ({ point: { x, y }, lngLat }) => {
    const found = map.queryRenderedFeatures([[x - TOUCH_PX, y - TOUCH_PX], [x + TOUCH_PX, y + TOUCH_PX]], { layers });
    const said = [...new Set(found.map(({ properties }) => say(properties)))];
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
  const places = features.flatMap(({ geometry: { type, coordinates } }) => (
    type === "Point" ? [coordinates] : type === "Polygon" ? coordinates[0] : coordinates));
  const [lon, lat] = [0, 1].map((axis) => places.map((place) => place[axis]));
  const least = (values) => values.reduce((a, b) => Math.min(a, b));
  const most = (values) => values.reduce((a, b) => Math.max(a, b));
  return [least(lon), least(lat), most(lon), most(lat)];
}
