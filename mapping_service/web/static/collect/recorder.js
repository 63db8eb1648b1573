// Follows the phone's position while the page is in sight, and writes the ride that is going on. A browser gives no
// position with the screen off: then there is a gap, and it is shown as one.

import { makeClock } from "./clock.js";
import { addFix, HIDDEN_GAP_MS, nextFix, saveRide } from "./rides.js";

const STALE_MS = 60000; // a vehicle is elsewhere by then
const STRICT_MS = 5000;
const STRICT_FIXES = 10;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 0, timeout: 60000 };

export function makeRecorder({ store, slug, changed }) {
  const here = { fix: null, trouble: null, ride: null, awake: false, heard_ms: 0 };
  const clock = makeClock();
  let users = 0;
  let watch = null;
  let lamp = null;
  let release = null; // gives the right to record back to other tabs
  let hidden_ms = null;
  let strict = { at_ms: 0, since: 0 };
  let writing = Promise.resolve();

  function heard(position) {
    const { t, set_ms } = clock.read(position.timestamp, Date.now(), performance.now());
    const { ride } = here;
    here.trouble = null;
    here.heard_ms = performance.now();
    here.fix = nextFix({ last: null, seg: 0, gaps: [] }, position.coords, t);
    if (ride) {
      if (set_ms && ride.clock.at(-1)?.shift_ms !== set_ms) ride.clock.push({ t, shift_ms: set_ms });
      if (hidden_ms && ride.last && t - ride.last[0] > HIDDEN_GAP_MS) ride.broken = true;
      hidden_ms = null;
      const fix = nextFix(ride, position.coords, t);
      if (fix) return write(ride, fix);
    }
    return changed();
  }

  // One after the other; each is on its way to the store at once, and every few through to the disk.
  function write(ride, fix) {
    const now = performance.now();
    const durable = now - strict.at_ms >= STRICT_MS || strict.since >= STRICT_FIXES;
    strict = durable ? { at_ms: now, since: 0 } : { ...strict, since: strict.since + 1 };
    writing = writing.then(() => addFix(store, ride, fix, durable ? "strict" : "relaxed"))
      .catch(() => { here.trouble = "full"; })
      .then(changed); // what the screen counts is in the store
  }

  function failed(error) {
    here.trouble = error.code === 1 ? "denied" : "no_position";
    if (error.code === 1) here.fix = null;
    changed();
  }

  function follow() {
    users += 1;
    if (watch === null && navigator.geolocation) watch = navigator.geolocation.watchPosition(heard, failed, OPTIONS);
    else if (!navigator.geolocation) failed({ code: 1 });
  }

  function leave() {
    users = Math.max(0, users - 1);
    if (users || watch === null) return;
    navigator.geolocation.clearWatch(watch);
    watch = null;
    here.fix = null;
  }

  async function keepAwake() {
    if (!here.ride || document.visibilityState !== "visible") return;
    try {
      lamp = await navigator.wakeLock.request("screen");
      lamp.addEventListener("release", () => { here.awake = false; changed(); });
      here.awake = true;
    } catch {
      here.awake = false;
    }
    changed();
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") hidden_ms = Date.now();
    else { clock.restart(here.ride?.last?.[0]); keepAwake(); }
  });

  // The right to record is one over all tabs. Resolves to false where another tab has it.
  const claim = () => new Promise((resolve) => {
    navigator.locks.request(`commonway-recorder-${slug}`, { ifAvailable: true }, (lock) => {
      if (!lock) { resolve(false); return null; }
      resolve(true);
      return new Promise((done) => { release = done; });
    });
  });

  return {
    here, follow, leave,
    // Where a report may be put: in a ride not where the phone was a minute ago.
    place: () => (here.ride && performance.now() - here.heard_ms > STALE_MS ? null : here.fix),
    // Whether some tab records just now.
    async elsewhere() {
      if (here.ride) return false;
      return (await navigator.locks.query()).held.some((one) => one.name === `commonway-recorder-${slug}`);
    },
    async start(ride) {
      if (here.ride || !(await claim())) return false;
      here.ride = ride;
      hidden_ms = null;
      clock.restart(ride.last?.[0], ride.clock.at(-1)?.shift_ms ?? 0);
      await saveRide(store, ride);
      follow();
      keepAwake();
      return true;
    },
    async stop() {
      const { ride } = here;
      here.ride = null;
      leave();
      await lamp?.release().catch(() => {});
      lamp = null;
      await writing;
      Object.assign(ride, { state: "ended", ended_ms: ride.last?.[0] ?? Date.now() });
      await saveRide(store, ride);
      release?.();
      return ride;
    },
    written: () => writing,
  };
}
