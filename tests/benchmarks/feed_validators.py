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
HEAD_LEFT = ("city", "validator", "kind", "code", "count", "in theirs", "why")
FLEX = "gtfs-guru is wrong: areas need no stops.txt (tests/judges/test_judges.py)"
MAKERS = "so in the feed of its makers, whose rows are carried on word for word until somebody rides them"
# Why a code may be left in a feed that we publish, by city.
WHY: dict[tuple[str, str], str] = {
    ("sample", "missing_required_file"): FLEX,
    ("sample", "unused_trip"): FLEX,
    ("sample", "unusable_trip"): FLEX,
    ("abidjan", "mixed_case_recommended_field"):
        "names as riders typed them (22eme, CHU yopougon): nobody's words are changed; a person can rename",
    ("freetown", "FAR_003"): f"gtfs-analyzer does not know SLL, the leone of that year; {MAKERS}",
    ("freetown", "not_publishable"): "for FAR_003",
    ("freetown", "STM_014"): MAKERS,
    ("freetown", "equal_shape_distance_same_coordinates"): MAKERS,
    ("freetown", "mixed_case_recommended_field"): MAKERS,
    ("freetown", "unexpected_enum_value"): f"extended route types such as 1501, communal taxi; {MAKERS}",
    ("accra", "GEO_009"): MAKERS,
    ("accra", "SHP_012"): MAKERS,
    ("accra", "SHP_016"): MAKERS,
    ("accra", "STM_014"): MAKERS,
    ("accra", "missing_timepoint_value"): MAKERS,
    ("accra", "mixed_case_recommended_field"): MAKERS,
    ("accra", "stop_too_far_from_shape"): MAKERS,
    ("accra", "stops_match_shape_out_of_order"): MAKERS,
}


def main() -> None:
    """Judge all feeds, write both tables, fail where something is not explained."""
    options = arguments(str(__doc__))
    feeds, broken = all_feeds(options.feeds, options.data)
    rows: list[tuple[object, ...]] = []
    left: dict[tuple[str, str, str, str], int] = {}
    theirs: dict[tuple[str, str, str], int] = {}
    for made in feeds:
        for days in DAYS if made.ours else DAYS[:1]:
            verdicts = _judge(made, days)
            rows.append(_row(made, days, verdicts))
            print(made.city, made.whose, days, {judge: one.complaints for judge, one in verdicts.items()}, flush=True)
            for judge, verdict in verdicts.items():
                for code, count in verdict.complaints.items():
                    kind = "error" if code in verdict.errors else "warning"
                    if made.ours:
                        left[made.city, judge, kind, code] = max(left.get((made.city, judge, kind, code), 0), count)
                    else:
                        theirs[made.city, judge, code] = count
    rows += [(*note.split(", ", 1), "", "not readable") for note in broken]
    write_table("feed-validators", "What validators say of feeds: ours, and as their makers published them", HEAD, rows)
    named = [(*key, count, theirs.get((key[0], key[1], key[3])), WHY.get((key[0], key[3])))
             for key, count in sorted(left.items())]
    title = "What validators still find in our feeds (the most of three zips and two days), and why"
    write_table("feed-validators-left", title, HEAD_LEFT, named)
    sys.exit(1 if any(row[-1] is None for row in named) else 0)


def _judge(made: Made, days: int) -> dict[str, Verdict]:
    day = first_day(made) + timedelta(days)
    return {"gtfs-guru": guru(made.path, day, made.country), "gtfs-analyzer": analyzer(made.path, day),
            "gtfs-validator": canonical(made.path, day, made.country)}


def _row(made: Made, days: int, verdicts: dict[str, Verdict]) -> tuple[object, ...]:
    counts: list[object] = []
    for judge in ("gtfs-validator", "gtfs-guru", "gtfs-analyzer"):
        counts += [sum(verdicts[judge].errors.values()), sum(verdicts[judge].warnings.values())]
    return (made.city, made.whose, f"+{days}", *counts, len(verdicts["gtfs-validator"].features))


if __name__ == "__main__":
    main()
