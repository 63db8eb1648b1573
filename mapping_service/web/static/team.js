// The map of today's rides, for managers.

import { sheetMap } from "./sheet_map.js";

const page = JSON.parse(document.getElementById("map-data").textContent);
// In use, waiting, and all that is not used.
const COLOUR = ["match", ["get", "status"], "accepted", "#0b5fa5", "received", "#8a6100", "#a3202e"];

sheetMap(
  page.text,
  page.lines,
  [{ id: "rides", type: "line", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": COLOUR, "line-width": 3, "line-opacity": 0.8 } }],
  ({ who, span }) => [who, span].filter(Boolean).join(" · "),
);
