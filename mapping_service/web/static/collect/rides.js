// What a ride is and what becomes of it on this phone: recorded, reviewed, queued, sent. Everything is in the store
// before the screen says so.

import { fixesOf } from "./store.js";

export const GAP_MS = 30000; // without a position: interrupted, never a line through it
export const HIDDEN_GAP_MS = 10000; // the same after the page was out of sight
export const UNDO_MS = 8000; // a report without a ride can be taken back this long
const CHUNK_FIXES = 500;
const EARTH_M = 6371008.8;

export function metres([, lon, lat], [, lon2, lat2]) {
  const rad = Math.PI / 180;
  const x = (lon2 - lon) * rad * Math.cos(((lat + lat2) / 2) * rad);
  return Math.hypot(x, (lat2 - lat) * rad) * EARTH_M;
}

export const newRide = (about, consent) => ({
  id: crypto.randomUUID(), state: "recording", test: false, line: "", direction: "", vehicle: "", ...about, consent,
  started_ms: Date.now(), ended_ms: null, points: 0, metres: 0, seg: 0, last: null, broken: false, gaps: [], clock: [],
});

// One fix: [t_ms, lon, lat, accuracy_m, speed_mps, elevation_m, segment]; what the phone does not know is null.
export function nextFix(ride, coords, t) {
  const round = (value, digits) => (Number.isFinite(value) ? Number(value.toFixed(digits)) : null);
  const fix = [
    Math.round(t), round(coords.longitude, 7), round(coords.latitude, 7), round(coords.accuracy, 1),
    round(coords.speed, 2), round(coords.altitude, 1), ride.seg,
  ];
  const { last } = ride;
  if (last && fix[0] <= last[0]) return null; // told again
  if (last && (ride.broken || fix[0] - last[0] > GAP_MS)) {
    ride.gaps.push([last[0], fix[0]]);
    fix[6] = ride.seg += 1;
  } else if (last) ride.metres += metres(last, fix);
  Object.assign(ride, { last: fix, broken: false });
  return fix;
}

export const addFix = (store, ride, fix, durability) => store.change(["rides", "fixes"], async (in_) => {
  await in_.put("fixes", { ride: ride.id, n: ride.points, fix });
  await in_.put("rides", { ...ride, points: ride.points + 1 });
  ride.points += 1;
}, durability);

export const saveRide = (store, ride) => store.change(["rides"], (in_) => in_.put("rides", ride));

// A report as it is sent, at the place of a fix.
export const newReport = (kind, fix, said) => ({
  id: crypto.randomUUID(), kind, t: fix[0], lon: fix[1], lat: fix[2], acc_m: fix[3], text: "", name: null, amount: null,
  wait_s: null, occupancy: null, subject: null, details: {}, ...said,
});

export const addReport = (store, ride, report) => store.change(["reports"], (in_) => in_.put(
  "reports", { id: report.id, ride: ride?.id ?? null, state: "kept", report },
));

export const removeReport = (store, id) => store.change(["reports"], (in_) => in_.delete("reports", id));

export async function contents(store, ride) {
  const fixes = (await store.all("fixes", fixesOf(ride.id))).map(({ fix }) => fix);
  const reports = (await store.all("reports")).filter((one) => one.ride === ride.id).map((one) => one.report);
  return { fixes, reports: reports.sort((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1)) };
}

// The chunks of a reviewed ride. The same ride always gives the same bytes: a chunk may be sent any number of times.
export function chunks(ride, { fixes, reports }) {
  const { line, direction, vehicle, consent, clock } = ride;
  const found = [];
  for (let at = 0; at < fixes.length || at === 0; at += CHUNK_FIXES) {
    const n = found.length;
    const first = n ? {} : { ride: { line, direction, vehicle }, consent, ...(clock.length ? { clock } : {}) };
    found.push({ v: 1, n, fixes: fixes.slice(at, at + CHUNK_FIXES), reports: n ? [] : reports, ...first });
  }
  return found.map((one) => JSON.stringify(one));
}

const chunkEntry = (ride, body, n) => ({
  ride: ride.id, method: "PUT", path: `/api/v1/traces/${ride.id}/chunks/${n}`, body, due_ms: 0,
});

// After the review: from now on the ride does not change, and waits to be sent.
export async function queueRide(store, ride) {
  const held = await contents(store, ride);
  const bodies = chunks(ride, held);
  const said = JSON.stringify({ chunks: bodies.length, points: held.fixes.length, reports: held.reports.length });
  await store.change(["rides", "outbox"], async (in_) => {
    const { state } = await in_.get("rides", ride.id);
    if (state !== "ended" && state !== "recording") return; // another tab was faster
    for (const [n, body] of bodies.entries()) await in_.put("outbox", chunkEntry(ride, body, n));
    const complete = { ride: ride.id, method: "POST", path: `/api/v1/traces/${ride.id}/complete`, body: said, due_ms: 0 };
    await in_.put("outbox", complete);
    await in_.put("rides", { ...ride, state: "queued" });
  });
}

// The server says that it lacks chunks: they go before the end is said again.
export async function queueMissing(store, complete, missing) {
  const ride = await store.get("rides", complete.ride);
  const bodies = chunks(ride, await contents(store, ride));
  await store.change(["outbox"], async (in_) => {
    for (const n of missing) if (n in bodies) await in_.put("outbox", chunkEntry(ride, bodies[n], n));
    await in_.delete("outbox", complete.n);
    const { n: _, ...again } = complete;
    await in_.put("outbox", again);
  });
}

// That somebody agreed is told to the server as well, like everything else: when there is a network and a key.
export const keepConsent = (store, consent, tell) => store.change(["settings", "outbox"], async (in_) => {
  await in_.put("settings", { name: "consent", value: consent });
  const { text_version, language } = consent;
  const body = JSON.stringify({ given: true, text_version, language });
  if (tell) await in_.put("outbox", { method: "POST", path: "/api/v1/me/consent", body, due_ms: 0 });
});

// A report without a ride waits a moment, so that it can be taken back.
export const queueRecord = (store, report) => store.change(["reports", "outbox"], async (in_) => {
  await in_.put("reports", { id: report.id, ride: null, state: "queued", report });
  const path = `/api/v1/records/${report.id}`;
  const body = JSON.stringify({ v: 1, report });
  await in_.put("outbox", { record: report.id, method: "PUT", path, body, due_ms: Date.now() + UNDO_MS });
});

// What was refused is sent once more: perhaps the reason is gone.
export const sendAgain = (store, holder, id) => store.change(["outbox", holder], async (in_) => {
  for (const one of await in_.all("outbox")) {
    if ((one.ride ?? one.record) === id) await in_.put("outbox", { ...one, refused: false });
  }
  await in_.put(holder, { ...(await in_.get(holder, id)), state: "queued", problem: null });
});

// Take a report back, if it is not on its way yet. Says whether it could.
export const takeBack = (store, id) => store.change(["reports", "outbox"], async (in_) => {
  const entry = (await in_.all("outbox")).find((one) => one.record === id);
  if (!entry || entry.tried) return false;
  await in_.delete("outbox", entry.n);
  await in_.delete("reports", id);
  return true;
});

export const discardRide = (store, ride) => store.change(["rides", "fixes", "reports", "outbox"], async (in_) => {
  await in_.delete("rides", ride.id);
  await in_.delete("fixes", fixesOf(ride.id));
  for (const one of await in_.all("reports")) if (one.ride === ride.id) await in_.delete("reports", one.id);
  for (const one of await in_.all("outbox")) if (one.ride === ride.id) await in_.delete("outbox", one.n);
});
