// The ride so far as a line on a small canvas, north up: no map needed, no network.

const MARGIN = 14;

export function drawTrail(canvas, fixes, reports) {
  const scale = devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return;
  Object.assign(canvas, { width: width * scale, height: height * scale });
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  if (!fixes.length) return;
  const squeeze = Math.cos((fixes[0][2] * Math.PI) / 180);
  const xs = fixes.map((fix) => fix[1] * squeeze);
  const ys = fixes.map((fix) => fix[2]);
  const [west, east] = range(xs);
  const [south, north] = range(ys);
  const unit = Math.min((width - 2 * MARGIN) / (east - west || 1e-4), (height - 2 * MARGIN) / (north - south || 1e-4));
  const x = (lon) => width / 2 + (lon * squeeze - (west + east) / 2) * unit;
  const y = (lat) => height / 2 - (lat - (south + north) / 2) * unit;
  Object.assign(pen, { lineWidth: 4, lineJoin: "round", lineCap: "round", strokeStyle: "#0b4f8a" });
  fixes.forEach((fix, i) => {
    if (!i || fix[6] !== fixes[i - 1][6]) { // a new segment: no line through the gap
      if (i) pen.stroke();
      pen.beginPath();
      pen.moveTo(x(fix[1]), y(fix[2]));
    }
    pen.lineTo(x(fix[1]), y(fix[2]));
  });
  pen.stroke();
  pen.lineWidth = 2.5;
  for (const { lon, lat } of reports) dot(pen, x(lon), y(lat), 5, "#fff", "#111");
  const last = fixes.at(-1);
  dot(pen, x(last[1]), y(last[2]), 7, "#c2410c", "#fff");
}

function range(values) {
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

function dot(pen, x, y, radius, fill, edge) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(pen, { fillStyle: fill, strokeStyle: edge });
  pen.fill();
  pen.stroke();
}
