"""A city that starts from somebody else's feed: candidates under its ids, kept by processing, improved by rides."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from collectors.gtfs.findings import findings
from collectors.gtfs.read import read_feed
from collectors.simulator import sample_town
from collectors.simulator.feed_writer import write_feed
from mapping_service.errors import NotFound, Problem
from mapping_service.naming import rename
from mapping_service.parameters import Parameters
from mapping_service.sources import ImportReport, import_feed, open_lines, reject, vouch
from mapping_service.store import ids, networks, sources
from mapping_service.store.changes import load_state
from tests.gtfs_export.readers import read_rows
from tests.gtfs_export.test_evidence import cells
from tests.pipeline.town import PLAIN as RIDES
from tests.pipeline.town import Town, survey
from tests.sources.feeds import HOSTILE, NAMES, PLAIN, pack, table

TODAY = date(2026, 6, 2)


@pytest.fixture
def town(database: str) -> Iterator[Town]:
    made = Town(database).found()
    yield made
    made.engine.dispose()


def bring(town: Town, path: Path, name: str | None = None) -> ImportReport:
    with town.engine.begin() as connection:
        return import_feed(connection, town.city, path, Parameters(), actor="tester", today=TODAY, name=name)


def held(town: Town, kind: str, what: str = "route_id", table: str = "route") -> list[str]:
    return town.ask(f"SELECT {what} FROM {table} JOIN network n USING (network_id) WHERE n.kind = '{kind}' ORDER BY 1")


def test_a_feed_becomes_candidates_under_its_own_ids(town: Town, tmp_path: Path) -> None:
    report = bring(town, pack(tmp_path / "feed.zip", PLAIN), "Old survey")
    assert (report.routes, report.patterns, report.stops, report.trips, report.trips_left) == (1, 2, 4, 3, 0)
    assert (report.name, report.dated, report.notices) == ("Old survey", date(2019, 3, 4), [])
    assert held(town, "candidate") == ["L1"]
    assert held(town, "candidate", "stop_id", "stop") == ["A", "B", "C", "D"]
    assert held(town, "candidate", "station_id", "station") == ["M"]
    assert set(held(town, "candidate", "runs || method", "stop")) == {"0imported"}
    assert held(town, "candidate", "pattern_id", "pattern") == ["T1", "out"]  # “back” has no shape to be called as
    bands = "concat_ws(' ', band_start_s, band_end_s, headway_s, method)"
    assert held(town, "candidate", bands, "headway") == ["21600 32400 300 imported", "57600 96600 600 imported"]


def test_the_same_bytes_again_add_nothing(town: Town, tmp_path: Path) -> None:
    path = pack(tmp_path / "feed.zip", PLAIN)
    first = bring(town, path)
    before = town.row_counts()
    again = bring(town, path, "Another name")
    assert (again.again, again.source_id, again.name) == (True, first.source_id, first.name)
    assert town.row_counts() == before


def test_all_of_a_hostile_feed_is_kept_word_for_word(town: Town, tmp_path: Path) -> None:
    report = bring(town, pack(tmp_path / "feed.zip", HOSTILE))
    with town.engine.connect() as connection:
        kept = sources.load_feed(connection, report.source_id)
    assert [row[1] for row in kept.tables["stops.txt"].rows] == list(NAMES)
    assert kept.tables["stop_amenities.txt"].rows == [("s0", "NULL"), ("s2", "toilet,\r\nshade"), ("s3", "\\.")]
    assert kept.tables["LICENCE.txt"].data == HOSTILE["LICENCE.txt"]
    assert {name: table.columns for name, table in kept.tables.items()}["stops.txt"][-1] == "x_surveyor's note"


def test_what_is_refused_leaves_nothing_behind(town: Town, tmp_path: Path) -> None:
    before = town.row_counts()
    with pytest.raises(Problem):
        bring(town, pack(tmp_path / "feed.zip", {**PLAIN, "stops.txt": b"\xff\xfe"}))
    assert town.row_counts() == before


def test_numbers_of_ours_pass_over_those_that_a_feed_uses(town: Town, tmp_path: Path) -> None:
    files = {name: data.replace(b"\nL1,", b"\nR7,") for name, data in PLAIN.items()}
    bring(town, pack(tmp_path / "feed.zip", files))
    town.send_all(survey())
    town.process()
    assert sorted(town.accept()) == ["R7", "R8", "R9"]


def test_a_second_feed_with_the_same_ids_gets_others(town: Town, tmp_path: Path) -> None:
    bring(town, pack(tmp_path / "one.zip", PLAIN))
    report = bring(town, pack(tmp_path / "two.zip", {**PLAIN, "note.txt": b"note\nsecond\n"}))
    assert {one["code"] for one in report.notices} == {"ids_changed"}
    assert sorted(town.ask("SELECT DISTINCT route_id FROM route")) == ["L1", "L1-s2"]


def test_candidates_of_a_feed_outlast_processing_and_accepting(town: Town, tmp_path: Path) -> None:
    bring(town, pack(tmp_path / "feed.zip", PLAIN))
    town.send_all(survey())
    town.process()
    assert "L1" in held(town, "candidate") and len(held(town, "candidate")) == 3
    assert town.accept() == ["L1", "R1", "R2"]
    town.send_all(survey(replace(RIDES, seed=9)))
    town.process()
    assert town.accept() == ["L1", "R1", "R2"]
    assert town.release().routes == 3


def test_what_is_rejected_goes_and_does_not_come_back(town: Town, tmp_path: Path) -> None:
    report = bring(town, pack(tmp_path / "feed.zip", PLAIN))
    town.accept()
    with town.engine.begin() as connection:
        assert reject(connection, town.city, report.source_id, [], "tester") == ["L1"]
        with pytest.raises(NotFound):
            reject(connection, town.city, 99, [], "tester")
    assert held(town, "candidate") == []
    town.send_all(survey())
    town.process()
    assert town.review().retired == ["L1"]
    assert held(town, "accepted") == ["R1", "R2"]


def test_vouching_needs_a_name_and_a_day_to_come(town: Town, tmp_path: Path) -> None:
    report = bring(town, pack(tmp_path / "feed.zip", PLAIN))
    with town.engine.begin() as connection:
        vouch(connection, town.city, report.source_id, date(2027, 1, 1), "Amina", TODAY)
    assert town.ask("SELECT vouched_by || still_true_until FROM source_feed") == ["Amina2027-01-01"]
    with town.engine.begin() as connection, pytest.raises(Problem, match="Who says so"):
        vouch(connection, town.city, report.source_id, date(2027, 1, 1), " ", TODAY)
    with town.engine.begin() as connection, pytest.raises(Problem, match="has passed"):
        vouch(connection, town.city, report.source_id, date(2020, 1, 1), "Amina", TODAY)


@pytest.fixture
def drawn(town: Town, tmp_path: Path) -> Town:
    """The town after importing the feed of just those routes that the survey rides."""
    network = sample_town(RIDES.seed)
    write_feed(network, tmp_path / "drawn.zip")
    bring(town, tmp_path / "drawn.zip", "Drawn by hand")
    return town


def improved(town: Town, kind: str) -> set[str]:
    return set(town.ask("SELECT route_id FROM route r JOIN network n USING (network_id)"
                        f" WHERE n.kind = '{kind}' AND r.runs > 0 AND r.source_id IS NOT NULL"))


def test_rides_take_the_ids_of_the_way_that_they_go(drawn: Town) -> None:
    ridden = sorted(sample_town(RIDES.seed).routes)[:2]
    drawn.accept()
    patterns = set(held(drawn, "accepted", "pattern_id", "pattern"))
    drawn.send_all(survey())
    drawn.process()
    assert improved(drawn, "candidate") == set(ridden)
    drawn.accept()
    assert improved(drawn, "accepted") == set(ridden)
    assert set(held(drawn, "accepted", "pattern_id", "pattern")) == patterns
    assert not [one for one in held(drawn, "accepted") if one.startswith("R")]


@pytest.fixture
def twice(drawn: Town, tmp_path: Path) -> int:
    """Another feed of the same ways under other numbers: minibuses where the first has buses."""
    with zipfile.ZipFile(tmp_path / "drawn.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    rows = list(csv.DictReader(io.StringIO(files["routes.txt"].decode("utf-8-sig"))))
    renamed = [{**row, "route_short_name": f"van {row['route_short_name']}"} for row in rows]
    files["routes.txt"] = table(list(rows[0]), *(list(row.values()) for row in renamed))
    return bring(drawn, pack(tmp_path / "vans.zip", files), "Vans").source_id


def test_rides_that_may_be_one_of_two_lines_take_neither_and_a_person_is_asked(drawn: Town, twice: int) -> None:
    ridden = sorted(sample_town(RIDES.seed).routes)[:2]
    imported = held(drawn, "candidate")
    drawn.send_all(survey())
    drawn.process()
    assert improved(drawn, "candidate") == set()
    assert set(imported) < set(held(drawn, "candidate"))
    with drawn.engine.connect() as connection:
        found = open_lines(connection, drawn.city, networks.candidates(connection, drawn.city.city_id), Parameters())
    assert {line for lines in found.values() for line in lines} >= set(ridden) and len(found) == 2
    assert all(len(lines) == 2 for lines in found.values())
    with drawn.engine.begin() as connection:
        reject(connection, drawn.city, twice, [], "tester")
    drawn.process()
    assert improved(drawn, "candidate") == set(ridden)


@pytest.fixture
def beside(town: Town, tmp_path: Path) -> tuple[Town, str, str]:
    """Rides that are public as R1 under a number that nobody has, and beside it the imported line that goes its way."""
    town.send_all(survey())
    town.process()
    town.accept()
    with town.engine.begin() as connection:
        for route_id in ("R1", "R2"):
            rename(connection, town.city, "line", route_id, f"9{route_id}", actor="ama")
    write_feed(sample_town(RIDES.seed), tmp_path / "drawn.zip")
    assert bring(town, tmp_path / "drawn.zip", "Drawn by hand").ridden_already == []
    with town.engine.connect() as connection:
        found = open_lines(connection, town.city, networks.candidates(connection, town.city.city_id), Parameters())
    (line,) = found["R1"]
    town.accept()
    assert {"R1", line} <= set(held(town, "accepted"))
    number = town.ask(f"SELECT short_name FROM route JOIN network USING (network_id) WHERE kind = 'accepted'"
                      f" AND route_id = '{line}'")[0]
    return town, line, number


def test_a_line_gives_way_to_rides_that_a_person_calls_so_and_its_ids_lead_on(beside: tuple[Town, str, str]) -> None:
    town, line, number = beside
    ways = town.ask(f"SELECT pattern_id FROM pattern JOIN network USING (network_id) WHERE kind = 'accepted'"
                    f" AND route_id = '{line}'")
    with town.engine.begin() as connection:
        rename(connection, town.city, "line", "R1", number, actor="ama")
    town.process()
    assert town.review().retired == [line]
    aliases = town.ask("SELECT concat_ws(' ', kind, old_id, new_id) FROM id_alias")
    assert f"route {line} R1" in aliases
    assert {f"pattern {one}" for one in ways} <= {" ".join(one.split(" ")[:2]) for one in aliases}
    with town.engine.connect() as connection:
        assert ids.follower(connection, town.network("accepted"), "route", line) == "R1"
        assert load_state(connection, town.network("accepted")).followers == {}  # which it has been before
    town.release()
    with town.engine.connect() as connection:
        assert load_state(connection, town.network("release")).followers == {line: "R1"}


def test_what_is_ridden_keeps_the_names_that_the_feed_gives(drawn: Town) -> None:
    drawn.send_all(survey())
    drawn.process()
    with drawn.engine.connect() as connection:
        unnamed = connection.execute(text(
            "SELECT count(*) FROM stop t JOIN stop s USING (stop_id) JOIN network n ON n.network_id = t.network_id"
            " JOIN network o ON o.network_id = s.network_id"
            " WHERE n.kind = 'candidate' AND o.kind = 'source' AND t.runs > 0 AND t.name IS NULL AND s.name IS NOT NULL"
        )).scalar_one()
        both = connection.execute(text(
            "SELECT count(*) FROM stop JOIN network USING (network_id)"
            " WHERE kind = 'candidate' AND runs > 0 AND source_id IS NOT NULL"
        )).scalar_one()
    assert both > 0 and unnamed == 0


def test_a_direction_that_nobody_has_ridden_stays_as_the_feed_has_it(drawn: Town) -> None:
    town = sample_town(RIDES.seed)
    chosen = sorted(town.routes)[0]
    one_way = [ride for ride in survey(routes=1) if ride.hint.direction == survey(routes=1)[0].hint.direction]
    drawn.send_all(one_way)
    drawn.process()
    drawn.accept()
    runs = drawn.ask("SELECT p.runs FROM pattern p JOIN network n USING (network_id)"
                     f" WHERE n.kind = 'accepted' AND p.route_id = '{chosen}' ORDER BY p.runs")
    assert len(runs) > 1 and runs[0] == 0 and runs[-1] == len(one_way)


def test_a_feed_says_nothing_where_rides_have_spoken_before(town: Town, tmp_path: Path) -> None:
    town.send_all(survey())
    town.process()
    town.accept()
    network = sample_town(RIDES.seed)
    write_feed(network, tmp_path / "drawn.zip")
    report = bring(town, tmp_path / "drawn.zip")
    ridden = sorted(network.routes)[:2]
    assert len(report.ridden_already) >= 4
    assert not set(ridden) & set(held(town, "candidate"))
    town.process()
    assert not set(ridden) & set(town.accept())


def test_what_is_improved_and_what_is_not_make_one_whole_feed(drawn: Town, tmp_path: Path) -> None:
    drawn.send_all(survey())
    drawn.process()
    drawn.accept()
    drawn.release()
    path = tmp_path / "out.zip"
    path.write_bytes(drawn.gtfs())
    out = read_feed(path)
    assert [one for one in findings(out) if one.code in ("broken_reference", "doubled_key", "trip_without_stops")] == []
    before = read_feed(tmp_path / "drawn.zip")
    ridden = set(sorted(sample_town(RIDES.seed).routes)[:2])
    for name in ("routes.txt", "trips.txt"):
        theirs = [row for row in before.records(name) if row["route_id"] not in ridden]
        ours = [{key: row[key] for key in theirs[0]} for row in out.records(name) if row["route_id"] not in ridden]
        assert ours == theirs
    improved_routes = {row["route_id"]: row for row in out.records("routes.txt") if row["route_id"] in ridden}
    for row in before.records("routes.txt"):
        if row["route_id"] in ridden:
            assert improved_routes[row["route_id"]]["agency_id"] == row["agency_id"]
            assert improved_routes[row["route_id"]]["route_desc"] != row.get("route_desc")
    old = {row["trip_id"] for row in before.records("trips.txt")}
    assert not {row["trip_id"] for row in out.records("trips.txt") if row["route_id"] in ridden} & old


@pytest.mark.parametrize("service_id", [None, "weekday"], ids=["own services", "our services"])
def test_evidence_says_what_is_as_an_imported_feed_has_it(drawn: Town, service_id: str | None) -> None:
    """Every value of a feed that is partly theirs and partly ours has its evidence, and theirs is an estimate."""
    if service_id:
        with drawn.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE source_row SET cells = array_replace(cells, (SELECT cells[1] FROM source_row"
                f" WHERE name = 'calendar.txt' LIMIT 1), '{service_id}') WHERE name IN ('calendar.txt', 'trips.txt')"
            )
    drawn.send_all(survey())
    drawn.process()
    drawn.accept()
    drawn.release()
    rows = read_rows(drawn.evidence())
    known = {(row["element"], row["id"], row["field"]): row["value"] for row in rows}
    assert len(known) == len(rows)
    with zipfile.ZipFile(io.BytesIO(drawn.gtfs())) as archive:
        feed = {name: read_rows(archive.read(name)) for name in archive.namelist() if name.endswith(".txt")}
    assert any(row["service_id"].endswith("-ridden") for row in feed["calendar.txt"]) == (service_id is not None)
    theirs = {row["trip_id"] for row in feed["trips.txt"] if ("trip", row["trip_id"], "trip_id") in known}
    assert theirs and theirs < {row["trip_id"] for row in feed["trips.txt"]}
    assert [(key, value) for key, value in cells(feed, theirs) if known.get(key) != value] == []
    imported = [row for row in rows if row["method"] == "imported"]
    assert {row["estimate"] for row in imported} == {"true"} and {row["observations"] for row in imported} == {"0"}
