// The map beside the lists: draws a release's vector tiles and keeps list and map in step.
// Everything it shows is on the page as text too; without WebGL the page stays as it is.

import { Map, NavigationControl, Popup, ScaleControl } from "./vendor/maplibre/maplibre-gl.mjs";
import { connectList } from "./list.js";
import { graticule } from "./graticule.js";
import { layers, STREETS_FROM_ZOOM } from "./layers.js";

const page = JSON.parse(document.getElementById("map-data").textContent);
const PADDING_PX = 48;
// The open legend, which lies on the map's left, and the width from which a map can spare as much.
const LEGEND_PX = 280;
const ROOMY_PX = 800;
const CLOSEST_FIT_ZOOM = 15;
// A finger is wider than a line.
const TOUCH_PX = 6;
const MOST_IN_POPUP = 12;
const OTHERS_OPACITY = 0.3;
const LINES = ["routes", "routes-single"];
// Wide enough to leave a map beside the open legend.
const WIDE = "(min-width: 52rem)";
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const coarse = matchMedia("(pointer: coarse)").matches;

const container = document.getElementById("map");
const map = startMap();
if (map) map.on("load", () => start(map));

function startMap() {
  try {
    const made = new Map({
      container,
      style: {
        version: 8,
        sources: {
          graticule: { type: "geojson", data: { type: "FeatureCollection", features: [] } },
          release: {
            type: "vector", tiles: [location.origin + page.tiles], minzoom: 0, maxzoom: page.max_zoom,
            promoteId: { routes: "route_id" },
          },
          ...(page.streets && { streets: { type: "vector", tiles: [location.origin + page.streets], minzoom: STREETS_FROM_ZOOM, maxzoom: page.max_zoom } }),
          stops: { type: "geojson", data: { type: "FeatureCollection", features: page.stops ?? [] } },
        },
        layers: layers(page),
      },
      bounds: page.bbox ?? [-20, -35, 55, 38],
      fitBoundsOptions: { padding: padding(), maxZoom: CLOSEST_FIT_ZOOM },
      attributionControl: false,
      cooperativeGestures: coarse,
      dragRotate: false, pitchWithRotate: false, touchPitch: false,
      fadeDuration: calm ? 0 : 200,
      locale: {
        "Map.Title": page.text.label,
        "NavigationControl.ZoomIn": page.text.zoom_in,
        "NavigationControl.ZoomOut": page.text.zoom_out,
        "Popup.Close": page.text.close,
        "CooperativeGesturesHandler.MobileHelpText": page.text.two_fingers,
        "CooperativeGesturesHandler.WindowsHelpText": page.text.wheel,
        "CooperativeGesturesHandler.MacHelpText": page.text.wheel_mac,
      },
    });
    container.querySelector(".map-fallback")?.remove();
    return made;
  } catch {
    return null; // no WebGL: the sentence in the frame stays
  }
}

function start(map) {
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl(), "bottom-right");
  const drawGraticule = () => map.getSource("graticule").setData(graticule(map.getBounds(), map.getZoom()));
  map.on("moveend", drawGraticule);
  drawGraticule();
  const light = lighter(map);
  const list = connectList(page, {
    light,
    inView: () => routesIn(map),
    onMoved: (then) => map.on("idle", then),
    show(id) {
      light.choose(id);
      fit(map, page.routes[id].bbox);
    },
  });
  if (page.only) light.choose(page.only);
  const legend = document.querySelector(".legend");
  if (legend) legend.open = matchMedia(WIDE).matches;
  connectServices(map);
  connectPointer(map, light, list);
  container.dataset.ready = "true";
}

// Lights one route up on hover, and one for as long as it is chosen; the others step back.
function lighter(map) {
  let hovered = null;
  const set = (id, state) => id && map.setFeatureState({ source: "release", sourceLayer: "routes", id }, state);
  return {
    hover(id) {
      if (id === hovered) return;
      set(hovered, { lit: false });
      set(id, { lit: true });
      hovered = id;
    },
    choose(id) {
      const isChosen = ["==", ["get", "route_id"], id ?? ""];
      for (const layer of LINES) {
        map.setPaintProperty(layer, "line-opacity", id ? ["case", isChosen, 1, OTHERS_OPACITY] : 1);
        map.setLayoutProperty(layer, "line-sort-key", ["case", isChosen, 1, 0]);
      }
      map.setFilter("routes-chosen", isChosen);
    },
  };
}

function padding() {
  const legend = document.querySelector(".legend") && container.clientWidth >= ROOMY_PX ? LEGEND_PX : 0;
  return { top: PADDING_PX, right: PADDING_PX, bottom: PADDING_PX, left: PADDING_PX + legend };
}

function fit(map, bbox) {
  if (bbox) map.fitBounds(bbox, { padding: padding(), maxZoom: CLOSEST_FIT_ZOOM, animate: !calm });
}

function routesIn(map) {
  return new Set(map.queryRenderedFeatures({ layers: LINES }).map((one) => one.properties.route_id));
}

function connectServices(map) {
  const box = document.getElementById("services");
  const apply = () => {
    for (const layer of ["services", "services-names"]) map.setLayoutProperty(layer, "visibility", box?.checked ? "visible" : "none");
  };
  box?.addEventListener("change", apply);
  apply();
}

function connectPointer(map, light, list) {
  const near = ({ x, y }, layers) => map.queryRenderedFeatures([[x - TOUCH_PX, y - TOUCH_PX], [x + TOUCH_PX, y + TOUCH_PX]], { layers });
  map.on("mousemove", ({ point }) => {
    const found = near(point, ["stops", "services", ...LINES]);
    const line = found.find((one) => one.sourceLayer === "routes" && page.routes[one.properties.route_id]);
    map.getCanvas().style.cursor = found.length ? "pointer" : "";
    light.hover(line?.properties.route_id ?? null);
    list.light(line?.properties.route_id ?? null);
  });
  map.on("click", ({ point, lngLat }) => {
    const place = near(point, ["stops", "services"])[0];
    const ids = [...new Set(near(point, LINES).map((one) => one.properties.route_id))].filter((id) => page.routes[id]);
    if (!place && !ids.length) {
      if (!page.only) { light.choose(null); list.choose(null); }
      return;
    }
    if (!place && ids.length === 1 && !page.only) { light.choose(ids[0]); list.choose(ids[0]); }
    new Popup({ focusAfterOpen: true }).setLngLat(place ? place.geometry.coordinates : lngLat)
      .setDOMContent(place ? placePopup(place) : routesPopup(ids)).addTo(map);
  });
}

function placePopup({ properties }) {
  const box = element("div");
  box.append(element("h2", properties.name || page.text.unnamed_stop));
  if (properties.stop_id) box.append(link(page.stop_path + encodeURIComponent(properties.stop_id), page.text.open_stop));
  else box.append(element("small", properties.kind.replaceAll("_", " ")));
  return box;
}

function routesPopup(ids) {
  const box = element("div");
  if (ids.length > 1) box.append(element("h2", page.text.here.replace("{n}", ids.length)));
  const items = element("ul");
  for (const id of ids.slice(0, MOST_IN_POPUP)) {
    const route = page.routes[id];
    const badge = element("span", route.short_name ?? "");
    badge.className = `badge line-${route.colour}${route.short_name ? "" : " blank"}`;
    const text = element("span");
    text.append(link(page.route_path + encodeURIComponent(id), route.long_name), element("small", route.evidence));
    const item = element("li");
    item.append(badge, text);
    items.append(item);
  }
  box.append(items);
  return box;
}

function element(name, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  return made;
}

function link(href, text) {
  const made = element("a", text);
  made.href = href;
  return made;
}
