"""Whether trip planners answer from our feeds of four cities, and from feeds as their makers published them.

    python -m tests.benchmarks.planners FEEDS [--data ../shared/data] [--abidjan FOLDER]

FEEDS is where ``tests.benchmarks.city_feeds`` keeps our zips; what is missing there is made first. In each city 50
pairs of stops more than a kilometre apart that our own scan of the timetable can join, at a random minute of a
Wednesday between 06:00 and 18:00, are asked of four planners by other authors: nigiri (the engine of MOTIS) and cafein,
which read frequencies.txt, minotor and ferrobus, which do not. An answer is out of order where it leaves before it is
there. A line counts as boarded where a vehicle of its timetable makes a leg of an answer at those times; nigiri walks
between stops of one name, and where that is quicker than a line it is not boarded, so it is asked again of a copy in
which nobody walks. cafein never walks before it rides, and answers no pair of which one must. minotor takes all types
of line for buses, as it drops those it does not know (1501, communal taxi). Valhalla is not asked: its package has no
wheel for Python 3.11.

The second table holds single departures against frequencies. nigiri cuts each time to the minute, in frequencies before
it moves them to a vehicle's start and in single departures after: where the trips of a feed begin between two minutes,
as those of Freetown's makers do, it finds times a minute apart, and misses or catches a vehicle. It is asked again of a
copy whose trips begin at whole minutes, which says the same. For minotor and cafein it is asked of a copy in which
nobody walks but where transfers.txt says so, as they do. ferrobus is asked the same pairs at 08:00 and at 15:00; an
answer counts where all of its vehicles are in the timetable.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from tests.benchmarks.city_feeds import Made, all_feeds, arguments, first_day
from tests.benchmarks.report import write_table
from tests.judges.copies import edited, strangers, whole_minutes
from tests.judges.planners import Answer, cafein, ferrobus, minotor, nigiri
from tests.judges.timetable import Day, Query, misplaced, read_tables

SEED = 20261124
QUERIES = 50
FROM_S, UNTIL_S = 6 * 3600, 18 * 3600
CLOCKS_S = (8 * 3600, 15 * 3600)
TRANSFERS = 12
"""Enough for every pair: our scan, which joined them, counts no changes."""
LAST_WALK_S = 120
WEDNESDAY = 2
HEAD = ("city", "feed", "lines", "pairs", "nigiri answers", "out of order", "lines boarded", "where nobody walks",
        "ms a query", "cafein answers", "out of order", "minotor answers", "lines it takes for buses")
HEAD_SINGLE = ("city", "pairs", "nigiri: pairs apart", "most, s", "pairs apart once trips begin at whole minutes",
               "minotor answers", "within one headway of nigiri", "within a headway of each vehicle",
               "cafein answers from frequencies", "within one headway of nigiri", "within a headway of each vehicle",
               "ferrobus answers at 08:00", "at 15:00")


@dataclass
class Asked:
    """A feed on a working day and what the planners answered."""

    made: Made

    @cached_property
    def wednesday(self) -> date:
        """The first working day of the kind."""
        first = first_day(self.made)
        return first + timedelta((WEDNESDAY - first.weekday()) % 7)

    @cached_property
    def day(self) -> Day:
        """The feed's service then."""
        return Day(read_tables(self.made.path), self.wednesday)

    @cached_property
    def queries(self) -> list[Query]:
        """The pairs."""
        return self.day.queries(QUERIES, SEED, FROM_S, UNTIL_S)

    @cached_property
    def answers(self) -> list[Answer]:
        """What nigiri answers."""
        return nigiri(self.made.path, self.wednesday, self.queries)

    @cached_property
    def by_cafein(self) -> list[Answer]:
        """What cafein answers."""
        return cafein(self.made.path, self.wednesday, self.queries, transfers=TRANSFERS)

    def boarded(self, feed: Path) -> int:
        """How many lines nigiri boards when asked for a way of theirs."""
        asked = [query for found in self.day.line_queries().values() for query in found]
        answers = nigiri(feed, self.wednesday, asked, link_m=0, transfers=0)
        return len({course.line for legs in answers for leg in legs or () for course in self.day.ridden(leg)})

    def misplaced(self, answers: Sequence[Answer]) -> int:
        """How many answers leave before they are there."""
        return sum(misplaced(query, legs or ()) is not None for query, legs in zip(self.queries, answers, strict=True))


def main() -> None:
    """Ask all feeds and write both tables."""
    options = arguments(str(__doc__))
    feeds, broken = all_feeds(options.feeds, options.data)
    rows: list[tuple[object, ...]] = []
    single: list[tuple[object, ...]] = []
    for made in feeds:
        if not made.path.name.startswith(("gtfs-expanded", "gtfs-flex")):
            asked = Asked(made)
            rows.append(_row(asked))
            print(*rows[-1], flush=True)
            if made.ours:
                single.append(_compared(asked, made.path.with_name("gtfs-expanded.zip")))
                print(*single[-1], flush=True)
    rows += [(*note.split(", ", 1), "not readable") for note in broken]
    title = f"Trip planners on feeds: ours, and as their makers published them (seed {SEED})"
    write_table("planners", title, HEAD, [(*row, *[None] * (len(HEAD) - len(row))) for row in rows])
    title = f"Trip planners on our feeds with single departures, beside those with frequencies (seed {SEED})"
    write_table("planners-expanded", title, HEAD_SINGLE, single)


def _row(asked: Asked) -> tuple[object, ...]:
    feed, queries, lines = asked.made.path, asked.queries, set(asked.day.lines.values())
    started = time.perf_counter()
    nigiri(feed, asked.wednesday, queries)
    once = time.perf_counter()
    nigiri(feed, asked.wednesday, queries * 10)
    # Ten times as many queries take as long to load.
    each_ms = 1000 * (time.perf_counter() - once - (once - started)) / (9 * max(len(queries), 1))
    with edited(feed, strangers) as apart:
        boarded = asked.boarded(apart)
    plain = minotor(feed, asked.wednesday, queries, transfers=TRANSFERS)
    types = {row["route_id"]: int(row["route_type"]) for row in read_tables(feed)["routes.txt"]}
    return (asked.made.city, asked.made.whose, len(lines), len(queries), _count(asked.answers),
            asked.misplaced(asked.answers), f"{asked.boarded(feed)} of {len(lines)}", f"{boarded} of {len(lines)}",
            round(each_ms, 2), _count(asked.by_cafein), asked.misplaced(asked.by_cafein), _count(plain),
            sum(types[line] > 12 for line in lines))


def _count(answers: Sequence[Answer]) -> int:
    return sum(bool(legs) for legs in answers)


def _compared(asked: Asked, expanded: Path) -> tuple[object, ...]:
    """The same pairs asked of the feed without frequencies."""
    same = nigiri(expanded, asked.wednesday, asked.queries)
    apart_s = _apart_s(asked.answers, same)
    with edited(asked.made.path, whole_minutes(asked.made.path)) as copy:
        whole = _apart_s(nigiri(copy, asked.wednesday, asked.queries), same)
    with edited(expanded, strangers) as copy:
        alone = nigiri(copy, asked.wednesday, asked.queries, link_m=0, transfers=TRANSFERS)
        other = minotor(copy, asked.wednesday, asked.queries, transfers=TRANSFERS)
    clocks = [ferrobus(expanded, asked.wednesday, [query._replace(at_s=at_s) for query in asked.queries])
              for at_s in CLOCKS_S]
    return (asked.made.city, len(asked.queries), sum(late_s > 0 for late_s in apart_s), max(apart_s, default=0),
            sum(late_s > 0 for late_s in whole), _count(other), *_within(asked.day, alone, other),
            _count(asked.by_cafein), *_within(asked.day, alone, asked.by_cafein),
            *(sum(bool(legs) and all(map(asked.day.ridden, legs or ())) for legs in found) for found in clocks))


def _apart_s(some: Sequence[Answer], others: Sequence[Answer]) -> list[int]:
    return [abs(one[-1].arrive_s - other[-1].arrive_s) for one, other in zip(some, others, strict=True)
            if one and other]


def _within(day: Day, some: Sequence[Answer], others: Sequence[Answer]) -> tuple[str, str]:
    """How many arrivals are no farther apart than the longest headway ridden, and than all of them together."""
    compared = one_headway = each_headway = 0
    for one, other in zip(some, others, strict=True):
        if one and other and all(day.ridden(leg) or day.walks(leg) for leg in one):
            headways_s = [day.headways_s(legs) or [0] for legs in (one, other)]
            late_s = abs(one[-1].arrive_s - other[-1].arrive_s) - LAST_WALK_S
            compared += 1
            one_headway += late_s <= max(map(max, headways_s))
            each_headway += late_s <= max(map(sum, headways_s))
    return f"{one_headway} of {compared}", f"{each_headway} of {compared}"


if __name__ == "__main__":
    main()
