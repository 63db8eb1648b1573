"""What three validators say of our feeds of four cities, and of feeds as their makers published them, side by side.

    python -m tests.benchmarks.feed_validators FEEDS [--data ../shared/data] [--abidjan FOLDER]

FEEDS is where ``tests.benchmarks.city_feeds`` keeps our zips; what is missing there is made first. Ours are judged on
their first day and three weeks later, theirs on their own first day, when they were fresh. Every code that is left in
ours is listed with its count and a reason; one without a reason makes the benchmark fail.
"""

from __future__ import annotations

import sys
from datetime import timedelta

from tests.benchmarks.city_feeds import Made, all_feeds, arguments, first_day
from tests.benchmarks.report import write_table
from tests.judges.validators import Verdict, analyzer, canonical, guru

DAYS = (0, 21)
HEAD = ("city", "feed", "day", "gtfs-validator errors", "warnings", "gtfs-guru errors", "warnings",
        "gtfs-analyzer critical", "high", "features")
# Why a code may be left in a feed that we publish. The first two words of the key say where it may.
WHY: dict[str, str] = {}


def main() -> None:
    """Judge all feeds, write both tables, fail where something is not explained."""
    options = arguments(str(__doc__))
    feeds, broken = all_feeds(options.feeds, options.data)
    rows: list[tuple[object, ...]] = []
    left: dict[tuple[str, str, str, str], int] = {}
    for made in feeds:
        for days in DAYS if made.whose.startswith("ours") else DAYS[:1]:
            verdicts = _judge(made, days)
            rows.append(_row(made, days, verdicts))
            if made.whose.startswith("ours"):
                for judge, verdict in verdicts.items():
                    for code, count in verdict.complaints.items():
                        kind = "error" if code in verdict.errors else "warning"
                        key = (made.city, judge, kind, code)
                        left[key] = max(left.get(key, 0), count)
    rows += [(*note.split(", ", 1), "", "not readable") for note in broken]
    write_table("feed-validators", "What validators say of feeds: ours, and as their makers published them", HEAD, rows)
    named = [(*key, count, WHY.get(_reason(key))) for key, count in sorted(left.items())]
    title = "What validators still find in our feeds (the most of three zips and two days), and why"
    write_table("feed-validators-left", title, ("city", "validator", "kind", "code", "count", "why"), named)
    sys.exit(1 if any(row[-1] is None for row in named) else 0)


def _reason(key: tuple[str, str, str, str]) -> str:
    return f"{key[0]} {key[3]}" if f"{key[0]} {key[3]}" in WHY else key[3]


def _judge(made: Made, days: int) -> dict[str, Verdict]:
    day = first_day(made.path) + timedelta(days)
    return {
        "gtfs-validator": canonical(made.path, day, made.country),
        "gtfs-guru": guru(made.path, day, made.country),
        "gtfs-analyzer": analyzer(made.path, day),
    }


def _row(made: Made, days: int, verdicts: dict[str, Verdict]) -> tuple[object, ...]:
    counts = [sum(found.values()) for one in verdicts.values() for found in (one.errors, one.warnings)]
    return (made.city, made.whose, f"+{days}", *counts, len(verdicts["gtfs-validator"].features))


if __name__ == "__main__":
    main()
