// The time of a fix, when somebody sets the phone's clock during a ride. Pure: clocks are handed in.
//
// Some browsers stamp positions with the phone's clock, some with satellite time. `run_ms` is a clock that nobody can
// set. When the phone's clock jumps against it and the stamps jump along, the jump is taken out again: a ride has one
// time from its start to its end. Who calls says what was taken out, so that it can be shown and sent.

const JUMP_MS = 5000;
const ALIKE_MS = 2000;

export function makeClock() {
  let base = null; // of the phone's clock and of the stamps, against the clock that nobody can set
  let carried = 0; // taken out so far
  let taken = 0;
  let after = -Infinity;
  return {
    // After a sleep the clocks stand apart for a good reason. No time of the ride may come before its last fix.
    restart(last_ms = -Infinity, taken_ms = taken) {
      base = null;
      after = last_ms;
      carried = taken = taken_ms;
    },
    // The time of a fix, and by how much the phone's clock has been set since the ride began, ms.
    read(stamp_ms, clock_ms, run_ms) {
      const now = { clock: clock_ms - run_ms, stamp: stamp_ms - run_ms };
      if (base === null && stamp_ms - carried <= after) carried = stamp_ms - after - 1000;
      base ??= now;
      const moved = now.clock - base.clock;
      const set = Math.abs(moved) < JUMP_MS ? 0 : moved;
      const follows = Math.abs(now.stamp - base.stamp - set) < ALIKE_MS;
      taken = carried + (follows ? set : 0);
      return { t: Math.round(stamp_ms - taken), set_ms: Math.round(carried + set) };
    },
  };
}
