// The map of what changed in a release: what is new, what was given up, and what goes another way now.

import { sheetMap } from "./sheet_map.js";

const page = JSON.parse(document.getElementById("map-data").textContent);
const COLOUR = ["match", ["get", "change"], "added", "#1b6e3c", "removed", "#a3202e", "before", "#8a8577", "#0b5fa5"];
// What is no more is broken as well, for those who see no colours.
const GONE = ["in", ["get", "change"], ["literal", ["removed", "before"]]];
const LINE = ["==", ["geometry-type"], "LineString"];
const wide = { "line-color": COLOUR, "line-width": 3.5 };
const round = { "line-join": "round" };

const answer = await fetch(page.address);
if (answer.ok) {
  const { features } = await answer.json();
  sheetMap(page.text, features, [
    { id: "areas", type: "fill", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": COLOUR, "fill-opacity": 0.25 } },
    { id: "gone", type: "line", filter: ["all", LINE, GONE], layout: round, paint: { ...wide, "line-dasharray": [2, 1.5] } },
    { id: "lines", type: "line", filter: ["all", LINE, ["!", GONE]], layout: round, paint: wide },
    { id: "stops", type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-color": "#ffffff", "circle-stroke-color": COLOUR, "circle-stroke-width": 2.5, "circle-radius": 5 } },
  ], ({ change, name, id }) => [page.text[change], name ?? id].join(" · "));
}
