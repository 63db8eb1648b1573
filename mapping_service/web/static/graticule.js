// Meridians and parallels under the map, so that bare paper has a scale and a place.

const STEPS_DEG = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005];
const LEAST_LINES = 3;

export function graticule(bounds) {
  const [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  const step = STEPS_DEG.find((one) => (east - west) / one >= LEAST_LINES) ?? STEPS_DEG.at(-1);
  const features = [];
  for (const lon of multiples(west, east, step)) {
    features.push(line([[lon, south], [lon, north]]), name([lon, north], degrees(lon, "E", "W", step), "top-left"));
  }
  for (const lat of multiples(south, north, step)) {
    features.push(line([[west, lat], [east, lat]]), name([west, lat], degrees(lat, "N", "S", step), "top-left"));
  }
  return { type: "FeatureCollection", features };
}

function multiples(from, to, step) {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, i) => (first + i) * step);
}

function degrees(value, positive, negative, step) {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step)));
  return `${Math.abs(value).toFixed(decimals)}° ${value < 0 ? negative : positive}`;
}

const line = (coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } });
const name = (coordinates, text, anchor) => ({ type: "Feature", properties: { name: text, anchor }, geometry: { type: "Point", coordinates } });
