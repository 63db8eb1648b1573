"""Whether trip planners answer from our feeds of four cities, and from feeds as their makers published them.

    python -m tests.benchmarks.planners FEEDS [--data ../shared/data] [--abidjan FOLDER]

FEEDS is where ``tests.benchmarks.city_feeds`` keeps our zips; what is missing there is made first. In each city 50
pairs of stops more than a kilometre apart that our own scan of the timetable can join, at a random minute of a
Wednesday between 06:00 and 18:00, are asked of nigiri (the engine of MOTIS, which reads frequencies.txt) and of minotor
(which does not). A line counts as boarded where a vehicle of its timetable makes a leg of an answer at those times.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from tests.benchmarks.city_feeds import Made, all_feeds, arguments, first_day
from tests.benchmarks.report import write_table
from tests.judges.planners import Answer, minotor, nigiri
from tests.judges.timetable import Day, Query, misplaced, read_tables

SEED = 20261124
QUERIES = 50
FROM_S, UNTIL_S = 6 * 3600, 18 * 3600
LAST_WALK_S = 120
WEDNESDAY = 2
HEAD = ("city", "feed", "lines", "pairs", "nigiri answers", "out of order", "lines boarded", "ms a query",
        "minotor answers", "expanded: nigiri answers", "at most apart, s", "expanded: minotor answers",
        "apart within one headway", "within a headway of each vehicle")


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

    def boarded(self) -> int:
        """How many lines nigiri boards when asked for a way of theirs."""
        asked = [query for found in self.day.line_queries().values() for query in found]
        answers = nigiri(self.made.path, self.wednesday, asked, link_m=0, transfers=0)
        return len({course.line for legs in answers for leg in legs or () for course in self.day.ridden(leg)})


def main() -> None:
    """Ask all feeds and write the table."""
    options = arguments(str(__doc__))
    feeds, broken = all_feeds(options.feeds, options.data)
    rows: list[tuple[object, ...]] = []
    for made in feeds:
        if not made.path.name.startswith(("gtfs-expanded", "gtfs-flex")):
            rows.append(_row(Asked(made), made.path.with_name("gtfs-expanded.zip")))
    rows += [(*note.split(", ", 1), "not readable") for note in broken]
    title = f"Trip planners on feeds: ours, and as their makers published them (seed {SEED})"
    write_table("planners", title, HEAD, [(*row, *[None] * (len(HEAD) - len(row))) for row in rows])


def _row(asked: Asked, expanded: Path) -> tuple[object, ...]:
    answers, queries, lines = asked.answers, asked.queries, set(asked.day.lines.values())
    started = time.perf_counter()
    nigiri(asked.made.path, asked.wednesday, queries)
    once = time.perf_counter()
    nigiri(asked.made.path, asked.wednesday, queries * 10)
    # Ten times as many queries take as long to load.
    each_ms = 1000 * (time.perf_counter() - once - (once - started)) / (9 * max(len(queries), 1))
    wrong = sum(misplaced(query, legs or ()) is not None for query, legs in zip(queries, answers, strict=True))
    plain = minotor(asked.made.path, asked.wednesday, queries)
    row = (asked.made.city, asked.made.whose, len(lines), len(queries), _count(answers), wrong,
           f"{asked.boarded()} of {len(lines)}", round(each_ms, 2), _count(plain))
    print(*row, flush=True)
    return (*row, *_compared(asked, expanded)) if expanded.exists() else row


def _count(answers: list[Answer]) -> int:
    return sum(bool(legs) for legs in answers)


def _compared(asked: Asked, expanded: Path) -> tuple[object, ...]:
    """The same pairs asked of the feed without frequencies."""
    same = nigiri(expanded, asked.wednesday, asked.queries)
    apart = [abs(one[-1].arrive_s - other[-1].arrive_s)
             for one, other in zip(asked.answers, same, strict=True) if one and other]
    other = minotor(expanded, asked.wednesday, asked.queries)
    compared = within_one = within_each = 0
    for by_nigiri, by_minotor in zip(asked.answers, other, strict=True):
        if by_nigiri and by_minotor and all(asked.day.ridden(leg) or asked.day.walks(leg) for leg in by_nigiri):
            headways_s = [asked.day.headways_s(legs) or [0] for legs in (by_nigiri, by_minotor)]
            late_s = abs(by_nigiri[-1].arrive_s - by_minotor[-1].arrive_s) - LAST_WALK_S
            compared += 1
            within_one += late_s <= max(map(max, headways_s))
            within_each += late_s <= max(map(sum, headways_s))
    return (_count(same), max(apart, default=0), _count(other), f"{within_one} of {compared}",
            f"{within_each} of {compared}")


if __name__ == "__main__":
    main()
