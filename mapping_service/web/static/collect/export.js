// Everything on the phone as files that other programs read: GPX 1.1 for maps, JSON for us. Works without a network.

import { contents } from "./rides.js";

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
// What XML does not allow at all is left out.
const xml = (text) => String(text).replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD]/g, "").replace(/[&<>"]/g, (one) => escapes[one]);
const time = (ms) => new Date(ms).toISOString();

function waypoint({ kind, t, lon, lat, name, amount, occupancy, text, details }) {
  const said = [name, amount, occupancy, text, ...Object.entries(details).map(([key, value]) => `${key}=${value}`)];
  const words = said.filter((one) => one !== null && one !== "").join("; ");
  return `<wpt lat="${lat}" lon="${lon}"><time>${time(t)}</time><name>${xml(name || kind)}</name><desc>${xml(words)}</desc><type>${xml(kind)}</type></wpt>`;
}

function track(ride, fixes) {
  const segments = Map.groupBy ? Map.groupBy(fixes, (fix) => fix[6]) : grouped(fixes);
  const lines = [...segments.values()].map((some) => `<trkseg>${some.map(point).join("")}</trkseg>`);
  return `<trk><name>${xml(ride.line || ride.id)}</name>${lines.join("")}</trk>`;
}

function grouped(fixes) {
  const found = new Map();
  for (const fix of fixes) found.set(fix[6], [...(found.get(fix[6]) ?? []), fix]);
  return found;
}

const point = ([t, lon, lat, , , ele]) => `<trkpt lat="${lat}" lon="${lon}">${ele === null ? "" : `<ele>${ele}</ele>`}<time>${time(t)}</time></trkpt>`;

export const gpx = (rides, loose) => `<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Commonway" xmlns="http://www.topografix.com/GPX/1/1">${
  [...loose, ...rides.flatMap((one) => one.reports)].map(waypoint).join("")
}${rides.map((one) => track(one.ride, one.fixes)).join("")}</gpx>
`;

// All rides, or one of them, with what was said on the way.
export async function gather(store, only = null) {
  const rides = [];
  for (const ride of only ? [only] : await store.all("rides")) rides.push({ ride, ...(await contents(store, ride)) });
  const loose = only ? [] : (await store.all("reports")).filter((one) => one.ride === null).map((one) => one.report);
  return { rides, loose };
}

export async function handOut(store, kind, only) {
  const { rides, loose } = await gather(store, only);
  const text = kind === "gpx" ? gpx(rides, loose) : JSON.stringify({ v: 1, rides, reports: loose });
  const type = kind === "gpx" ? "application/gpx+xml" : "application/json";
  const name = `commonway-${time(Date.now()).slice(0, 16).replace(/[:T]/g, "-")}.${kind}`;
  const file = new File([text], name, { type });
  // Phones share few types of files; where this one is not among them it is saved.
  if (navigator.maxTouchPoints && navigator.canShare?.({ files: [file] })) {
    try {
      await navigator.share({ files: [file] });
      return;
    } catch (error) {
      if (error.name === "AbortError") return;
    }
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
