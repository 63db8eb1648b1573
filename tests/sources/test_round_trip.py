"""Import and export lose nothing: every table, row and value of a feed goes out as it came in, as text."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from gtfs_export import Publisher, export_evidence, export_gtfs
from mapping_service.parameters import Parameters
from mapping_service.publish import accept, release
from mapping_service.records import City
from mapping_service.sources import import_feed, reject, vouch
from mapping_service.store import networks, releases
from mapping_service.store.cities import get_city
from tests.factories import draw_network, make_city, make_network
from tests.gtfs_export.readers import read_rows
from tests.sources.feeds import HOSTILE, NAMES, PLAIN, pack, table, unpack

DATA = Path(__file__).parents[3] / "shared" / "data"
TODAY = date(2026, 6, 2)
PUBLISHER = Publisher("Commonway Pier", "https://maps.example.org/pier")
# Whose feed it is now, and since when it holds: these are ours to say.
OURS = {"feed_info.txt", "attributions.txt", "translations.txt"}


def empty_city(connection: Connection, slug: str) -> City:
    city_id = make_city(connection, slug=slug, srid=None, anchor=None)
    for kind in ("candidate", "accepted"):
        make_network(connection, city_id, kind)
    return get_city(connection, slug)


def through(connection: Connection, path: Path, slug: str = "pier", until: date | None = None) -> bytes:
    """The feed that a city publishes which starts from the one at ``path``, and accepts all of it."""
    city = empty_city(connection, slug)
    report = import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY)
    if until is not None:
        vouch(connection, city, report.source_id, until, "Amina", TODAY)
    return published(connection, city)


def published(connection: Connection, city: City) -> bytes:
    """The feed of a city all of whose candidates are accepted and published."""
    accept(connection, city, min_confidence=0.0, actor="tester")
    made = release(connection, city, note=None, valid_from=None, day=TODAY)
    releases.mark_published(connection, networks.get_release(connection, city, made.release).network_id, "tester", None)
    out = io.BytesIO()
    export_gtfs(connection, city.slug, None, out, PUBLISHER)
    return out.getvalue()


def differences(before: bytes, after: bytes) -> set[str]:
    """The tables that are not the same, row by row and value by value."""
    one, other = (tables(data) for data in (before, after))
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def tables(data: bytes) -> Mapping[str, object]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        others = {name: archive.read(name) for name in archive.namelist() if not name.endswith(".txt")}
        licence = {name: archive.read(name) for name in archive.namelist() if name == "LICENCE.txt"}
    known = {name for name in zipfile.ZipFile(io.BytesIO(data)).namelist() if name.endswith(".txt")} - licence.keys()
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(packed, "w") as chosen:
        for name in known:
            chosen.writestr(name, archive.read(name))
    return {**unpack(packed.getvalue()), **others, **licence}


@pytest.mark.parametrize("files", [PLAIN, HOSTILE], ids=["plain", "hostile"])
def test_a_feed_goes_out_as_it_came_in(connection: Connection, tmp_path: Path, files: Mapping[str, bytes]) -> None:
    path = pack(tmp_path / "feed.zip", files)
    assert differences(path.read_bytes(), through(connection, path)) <= OURS


@pytest.mark.parametrize("city", ["freetown", "esteli", "accra"])
def test_a_real_feed_goes_out_as_it_came_in(connection: Connection, city: str) -> None:
    path = DATA / city / "gtfs.zip"
    if not path.exists():
        pytest.skip("the real feeds are not on this machine")
    assert differences(path.read_bytes(), through(connection, path)) <= OURS


def test_what_goes_out_can_come_in_again_and_is_the_same(connection: Connection, tmp_path: Path) -> None:
    once = tmp_path / "once.zip"
    once.write_bytes(through(connection, pack(tmp_path / "feed.zip", HOSTILE)))
    again = through(connection, once, "second")
    assert differences(once.read_bytes(), again) <= OURS
    assert [row[1] for row in unpack_stops(again)] == list(NAMES)


def unpack_stops(data: bytes) -> list[list[str]]:
    rows = tables(data)["stops.txt"]
    assert isinstance(rows, list)
    return rows[1:]


def test_the_expanded_feed_has_each_departure_as_a_trip(connection: Connection, tmp_path: Path) -> None:
    through(connection, pack(tmp_path / "feed.zip", PLAIN))
    out = io.BytesIO()
    export_gtfs(connection, "pier", None, out, PUBLISHER, "expanded")
    written = unpack(out.getvalue())
    assert "frequencies.txt" not in written
    trips = [row[2] for row in written["trips.txt"][1:]]
    assert len(trips) == 3 * 12 + 65 + 1 and {"out-am-1", "out-am-36", "out-pm-65", "back"} <= set(trips)
    assert [row[:2] for row in written["stop_times.txt"][1:] if row[0] == "out-am-2"] == [
        ["out-am-2", clock] for clock in ("06:05:00", "06:10:00", "06:16:00", "06:25:00")]


def test_the_same_release_gives_the_same_bytes(connection: Connection, tmp_path: Path) -> None:
    path = pack(tmp_path / "feed.zip", PLAIN)
    through(connection, path)
    outs = [io.BytesIO(), io.BytesIO()]
    for out in outs:
        export_gtfs(connection, "pier", None, out, PUBLISHER)
    assert outs[0].getvalue() == outs[1].getvalue()


def test_evidence_says_which_feed_stands_behind_what_is_carried_on(connection: Connection, tmp_path: Path) -> None:
    through(connection, pack(tmp_path / "feed.zip", PLAIN))
    out = io.BytesIO()
    export_evidence(connection, "pier", None, out, PUBLISHER)
    said = [row for row in csv.DictReader(io.StringIO(out.getvalue().decode())) if row["field"] == "source"]
    assert {row["method"] for row in said} == {"imported"}
    assert {(row["element"], row["id"]) for row in said} == {
        ("route", "L1"), *(("stop", one) for one in "ABCD"), *(("trip", one) for one in ("out-am", "out-pm", "back"))}
    assert {(row["value"], row["estimate"], row["observations"], row["first_seen"]) for row in said} == {
        ("Harbour Union", "true", "0", "2019-03-04")}


def test_only_who_vouches_changes_a_calendar(connection: Connection, tmp_path: Path) -> None:
    path = pack(tmp_path / "feed.zip", PLAIN)
    out = through(connection, path, until=date(2027, 1, 31))
    assert differences(path.read_bytes(), out) <= {"calendar.txt", *OURS}
    rows = tables(out)["calendar.txt"]
    assert isinstance(rows, list) and {row[9] for row in rows[1:]} == {"20270131"}
    assert {row[8] for row in rows[1:]} == {"20190304"}
    assert span(connection, out) == (date(2027, 1, 31), "20260602", "20270131")


def span(connection: Connection, feed: bytes) -> tuple[date | None, str, str]:
    """Until when the newest release holds, as pages say it, and from when to when as its feed does."""
    (newest,) = releases.list_versions(connection, "pier", most=1)
    with zipfile.ZipFile(io.BytesIO(feed)) as archive:
        (row,) = csv.DictReader(io.StringIO(archive.read("feed_info.txt").decode()))
    return newest.release.valid_until, row["feed_start_date"], row["feed_end_date"]


def test_a_feed_that_nobody_vouches_for_ends_with_its_calendars(connection: Connection, tmp_path: Path) -> None:
    out = through(connection, pack(tmp_path / "feed.zip", PLAIN))
    assert span(connection, out) == (date(2020, 1, 31), "20200131", "20200131")
    (newest,) = releases.list_versions(connection, "pier", most=1)
    assert releases.ending([newest], TODAY) == date(2020, 1, 31)


@pytest.mark.parametrize(("kind", "day", "last"), [
    ("1", "20261224", date(2026, 12, 24)),
    ("2", "20261224", date(2020, 1, 31)),  # a day on which nothing runs
    ("1", "20260231", date(2026, 3, 3)),
    ("1", "some day", date(2020, 1, 31)),
], ids=["runs", "does not", "no such day", "no day"])
def test_single_dates_on_which_a_feed_runs_count(
    connection: Connection, tmp_path: Path, kind: str, day: str, last: date
) -> None:
    dates = table(("service_id", "date", "exception_type"), ("WD", day, kind), ("unused", "20301231", "1"))
    out = through(connection, pack(tmp_path / "feed.zip", {**PLAIN, "calendar_dates.txt": dates}))
    assert span(connection, out)[0] == last


def test_a_feed_has_one_publisher_however_many_it_began_from(connection: Connection, tmp_path: Path) -> None:
    city = empty_city(connection, "pier")
    for name in ("North", "South"):
        told = table(("feed_publisher_name", "feed_publisher_url", "feed_lang"), (name, "https://maps.example", "en"))
        path = pack(tmp_path / f"{name}.zip", {**PLAIN, "feed_info.txt": told})
        import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY)
    rows = unpack(published(connection, city))["feed_info.txt"]
    assert [row[rows[0].index("feed_publisher_name")] for row in rows[1:]] == [PUBLISHER.name]


def without(column: str, data: bytes) -> bytes:
    """A table without one of its columns."""
    rows = list(csv.reader(io.StringIO(data.decode())))
    at = rows[0].index(column)
    return table(*([*row[:at], *row[at + 1:]] for row in rows))


# One agency, without an id: nothing refers to it, and GTFS allows that.
LONE = {**PLAIN, "agency.txt": without("agency_id", PLAIN["agency.txt"]),
        "routes.txt": without("agency_id", PLAIN["routes.txt"])}


def runs(feed: bytes) -> dict[str, str]:
    """Who runs each route of a feed by name, as its agency_id says."""
    tables_ = {name: [dict(zip(rows[0], row)) for row in rows[1:]] for name, rows in unpack(feed).items()}
    names = {one["agency_id"]: one["agency_name"] for one in tables_["agency.txt"]}
    assert len(names) == len(tables_["agency.txt"]) and "" not in names
    return {one["route_id"]: names[one["agency_id"]] for one in tables_["routes.txt"]}


def test_an_agency_without_an_id_stays_so_as_long_as_it_is_alone(connection: Connection, tmp_path: Path) -> None:
    path = pack(tmp_path / "feed.zip", LONE)
    assert differences(path.read_bytes(), through(connection, path)) <= OURS


@pytest.mark.parametrize("other", [LONE, PLAIN], ids=["also without an id", "with one"])
def test_beside_another_feed_a_lone_agency_gets_an_id_and_nothing_else_changes(
    connection: Connection, tmp_path: Path, other: Mapping[str, bytes]
) -> None:
    city = empty_city(connection, "pier")
    south = {**other, "agency.txt": other["agency.txt"].replace(b"Harbour Union", b"South Union"),
             "routes.txt": other["routes.txt"].replace(b",01,", b",02,").replace(b"L1,01", b"L1,02")}
    made = []
    for name, files in (("north", LONE), ("south", south)):
        path = pack(tmp_path / f"{name}.zip", files)
        made.append(import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY).source_id)
    out = published(connection, city)
    assert sorted(runs(out).values()) == ["Harbour Union", "South Union"]
    header, *rows = unpack(out)["agency.txt"]
    given = [f"harbour-union-feed-{made[0]}", "union" if other is PLAIN else f"south-union-feed-{made[1]}"]
    assert [row[header.index("agency_id")] for row in rows] == given
    before, after = ([dict(zip(rows_[0], row)) for row in rows_[1:] if "L1" in row] for rows_ in (
        unpack((tmp_path / "north.zip").read_bytes())["routes.txt"], unpack(out)["routes.txt"]
    ))
    assert after == [{**before[0], "agency_id": given[0]}]


def test_evidence_calls_an_id_that_we_filled_in_derived(connection: Connection, tmp_path: Path) -> None:
    city = empty_city(connection, "pier")
    south = {**PLAIN, "routes.txt": PLAIN["routes.txt"].replace(b",01,", b",02,")}
    for name, files in (("north", LONE), ("south", south)):
        path = pack(tmp_path / f"{name}.zip", files)
        number = import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY).source_id
    published(connection, city)
    out = io.BytesIO()
    export_evidence(connection, city.slug, None, out, PUBLISHER)
    rows = read_rows(out.getvalue())
    made = f"harbour-union-feed-{number - 1}"
    ids = {(row["element"], row["id"], row["value"]): (row["method"], row["estimate"], row["observations"])
           for row in rows if row["field"] == "agency_id"}
    derived, imported = ("derived", "true", ""), ("imported", "true", "0")
    assert ids == {("agency", made, made): derived, ("route", "L1", made): derived,
                   ("agency", "union", "union"): imported, ("route", "L1-s2", "union"): imported}
    assert {row["method"] for row in rows if row["id"] == made and row["field"] != "agency_id"} == {"imported"}


def test_a_lone_agency_keeps_the_id_that_it_got_whatever_else_goes_out_later(
    connection: Connection, tmp_path: Path
) -> None:
    """Two of one name; then the first is rejected, so that the second is alone again."""
    city = empty_city(connection, "pier")
    made = []
    for name, files in (("one", LONE), ("other", {**LONE, "routes.txt": LONE["routes.txt"].replace(b",01,", b",02,")})):
        path = pack(tmp_path / f"{name}.zip", files)
        made.append(import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY).source_id)

    def ids() -> list[str]:
        header, *rows = unpack(published(connection, city))["agency.txt"]
        return [row[header.index("agency_id")] for row in rows]

    assert ids() == [f"harbour-union-feed-{one}" for one in made]
    reject(connection, city, made[0], [], "tester")
    assert ids() == [f"harbour-union-feed-{made[1]}"]


def test_beside_our_own_routes_a_lone_agency_gets_an_id(connection: Connection, tmp_path: Path) -> None:
    city = empty_city(connection, "pier")
    import_feed(connection, city, pack(tmp_path / "feed.zip", LONE), Parameters(), actor="tester", today=TODAY)
    accept(connection, city, min_confidence=0.0, actor="tester")
    accepted = networks.network_id(connection, city.city_id, "accepted")
    draw_network(connection, city.city_id, accepted)
    found = runs(published(connection, city))
    assert found["L1"] == "Harbour Union" and len(set(found.values())) == 2


def test_a_person_who_vouches_after_a_release_makes_another(connection: Connection, tmp_path: Path) -> None:
    path = pack(tmp_path / "feed.zip", PLAIN)
    through(connection, path)
    city = get_city(connection, "pier")
    source_id = import_feed(connection, city, path, Parameters(), actor="tester", today=TODAY).source_id
    assert not release(connection, city, note=None, valid_from=None, day=TODAY).created
    vouch(connection, city, source_id, date(2027, 1, 31), "Amina", TODAY)
    assert release(connection, city, note=None, valid_from=None, day=TODAY).created


cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
own_columns = st.lists(st.from_regex(r"x_[a-z]{1,4}", fullmatch=True), min_size=1, max_size=3, unique=True)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture],
          phases=[Phase.explicit, Phase.reuse, Phase.generate])  # to shrink, each step would be a whole way
@given(data=st.data(), columns=own_columns)
def test_any_values_in_any_columns_go_out_as_they_came_in(
    connection: Connection, data: st.DataObject, columns: list[str]
) -> None:
    def rows(n: int) -> list[list[str]]:
        row = st.lists(cells, min_size=len(columns), max_size=len(columns))
        return data.draw(st.lists(row, min_size=n, max_size=n))

    stops = [[f"s{i}", name, "-1.3", f"36.8{i}", *own]
             for i, (name, own) in enumerate(zip(data.draw(st.lists(cells, min_size=4, max_size=4)), rows(4)))]
    files = {
        **PLAIN,
        "stops.txt": table(["stop_id", "stop_name", "stop_lat", "stop_lon", *columns], *stops),
        "stop_times.txt": table(["trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time", *columns],
                                *([trip, f"s{i}", str(i), "06:00:00", "06:00:00", *own]
                                  for trip in ("out-am", "back") for i, own in enumerate(rows(4)))),
        "own_table.txt": table(["x", *columns], *(["x", *own] for own in rows(2))),
    }
    savepoint = connection.begin_nested()
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = pack(Path(folder) / "feed.zip", files)
            assert differences(path.read_bytes(), through(connection, path)) <= OURS
    finally:
        savepoint.rollback()
