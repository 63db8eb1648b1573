// Asks minotor, a planner that does not read frequencies.txt: questions on stdin, answers on stdout, as JSON, as in
// nigiri.py. Its reader makes numbers of ids that look like numbers, so it wants a copy in which none does (copies.py).
// It drops lines of extended types (1501, communal taxi); as nobody asks for a mode here, each is taken for a bus.
import { readFileSync } from "node:fs";
import { GtfsParser } from "minotor/parser";
import { Query, Router, Time } from "minotor";

for (const kind of ["log", "info", "warn"]) console[kind] = () => {};

const held = JSON.parse(readFileSync(0, "utf-8"));
const parser = new GtfsParser(held.feed, { routeTypeParser: () => "BUS" });
const { timetable, stopsIndex } = await parser.parse(new Date(`${held.date}T12:00:00`));
const router = new Router(timetable, stopsIndex);

function leg(one) {
  return [one.from.id, one.to.id, one.departureTime.toSeconds(), one.arrivalTime.toSeconds()];
}

const answers = held.queries.map(([from, to, at]) => {
  const asked = new Query.Builder().from(from).to(to).departureTime(Time.fromSeconds(at));
  const found = router.route(asked.maxTransfers(held.max_transfers).build()).bestRoute();
  // Walks have no times of their own: what counts is where vehicles are left and boarded.
  return found === undefined ? null : found.legs.filter((one) => "route" in one).map(leg);
});
process.stdout.write(JSON.stringify(answers));
