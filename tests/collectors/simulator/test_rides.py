from __future__ import annotations

import csv
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from collectors.simulator import GtfsNetwork, RideSettings, SimulatedRide, run, simulate, write_survey
from collectors.simulator.chance import stream
from collectors.simulator.network import along_m
from collectors.simulator.typed import LANGUAGES, departure_note, misspelt
from mapping_service.errors import Problem

from .conftest import CENTRE, fixes_of, marks_of, straight_network


def test_the_same_seed_gives_the_same_bytes_in_whatever_order_the_network_comes(plain: RideSettings) -> None:
    network = straight_network()
    turned = replace(network, patterns=network.patterns[::-1], stops=dict(list(network.stops.items())[::-1]))
    settings = replace(plain, duplicate_share=0.3, second_phone_share=0.3, partial_share=0.5)
    assert list(simulate(network, settings)) == list(simulate(turned, settings))


def test_another_seed_gives_other_rides(plain: RideSettings) -> None:
    one, other = (list(simulate(straight_network(), replace(plain, seed=seed))) for seed in (1, 2))
    assert not {ride.gpx for ride in one} & {ride.gpx for ride in other}


def test_fixes_follow_the_way_that_the_truth_names(plain: RideSettings) -> None:
    network = straight_network()
    ways = {pattern.key: pattern for pattern in network.patterns}
    for ride in simulate(network, plain):
        xy = CENTRE.to_m(fixes_of(ride.gpx)[1])
        way = shapely.LineString(CENTRE.to_m(ways[ride.truth.pattern].lonlat))
        aboard = (xy[:, 0] > 150) & (xy[:, 0] < 2_850)
        assert aboard.sum() > 50
        assert np.mean(shapely.distance(way, shapely.points(xy[aboard])) < 3.5 * plain.sigma_max_m) > 0.98
        first, last = (shapely.line_locate_point(way, shapely.Point(xy[i])) for i in (0, -1))
        assert first < 100 and last > way.length - 100


def test_a_ride_waits_at_the_terminal_before_it_departs(survey: list[SimulatedRide], town: GtfsNetwork) -> None:
    waits = []
    starts = {pattern.key: pattern.lonlat[0] for pattern in town.patterns}
    for ride in (ride for ride in survey if ride.truth.kind == "full"):
        t_s, lonlat = fixes_of(ride.gpx)
        away_m = np.hypot(*(CENTRE.to_m(lonlat) - CENTRE.to_m(starts[ride.truth.pattern][None])).T)
        waits.append(t_s[np.argmax(away_m > 150)] - t_s[0])
    assert 150 < np.median(waits) < 420


def test_a_duplicate_is_its_original_byte_for_byte_under_another_name(survey: list[SimulatedRide]) -> None:
    by_run = {ride.truth.run: ride for ride in survey}
    copies = [ride for ride in survey if ride.truth.kind == "duplicate"]
    assert copies
    for copy in copies:
        original = by_run[copy.truth.run_of]
        assert copy.gpx == original.gpx and copy.file_name != original.file_name
        assert original.truth.kind in ("full", "partial")


def test_a_second_phone_records_the_same_ride_with_other_errors_and_another_clock(plain: RideSettings) -> None:
    rides = list(simulate(straight_network(), replace(plain, second_phone_share=1.0)))
    by_run = {ride.truth.run: ride for ride in rides}
    seconds = [ride for ride in rides if ride.truth.kind == "second_phone"]
    assert len(seconds) == len(rides) / 2
    for ride in seconds:
        (t_s, _), (first_s, _) = fixes_of(ride.gpx), fixes_of(by_run[ride.truth.run_of].gpx)
        assert ride.gpx != by_run[ride.truth.run_of].gpx
        assert abs(t_s[0] - first_s[0]) < plain.clock_offset_max_s + 10
        assert t_s[-1] - t_s[0] == pytest.approx(first_s[-1] - first_s[0], abs=12)


def test_a_partial_ride_is_shorter_than_its_way_and_stays_within_its_part(plain: RideSettings) -> None:
    network = straight_network()
    for ride in simulate(network, replace(plain, partial_share=1.0)):
        from_m, to_m = float(ride.truth.from_m), float(ride.truth.to_m)
        assert 0.39 < (to_m - from_m) / 3_000 < 0.81
        east_m = CENTRE.to_m(fixes_of(ride.gpx)[1])[:, 0]
        at_m = east_m if ride.truth.pattern == "there" else 3_000 - east_m
        assert at_m.min() > from_m - 60 and at_m.max() < to_m + 60


def test_a_cancel_mark_follows_the_press_that_it_takes_back(plain: RideSettings) -> None:
    cancel = set(LANGUAGES["en"].cancel)
    cancelled = 0
    for ride in simulate(straight_network(), replace(plain, mistake_share=1.0)):
        texts = marks_of(ride.gpx)
        for i in (i for i, text in enumerate(texts) if text in cancel):
            cancelled += 1
            assert i > 0 and texts[i - 1] in LANGUAGES["en"].stop
    assert cancelled > 10


def test_marks_are_near_the_stops_they_name(plain: RideSettings) -> None:
    settings = replace(plain, generic_share=0.0, misspelt_share=0.0, halt_sd_m=0.0, boarding_share=1.0)
    network = straight_network()
    for ride in simulate(network, settings):
        for line in (line for line in ride.gpx.decode().splitlines() if ">Mango Tree" in line):
            number = int(line.split("Mango Tree ")[1][0])
            lat, lon = (float(line.split(f'{axis}="')[1].split('"')[0]) for axis in ("lat", "lon"))
            assert abs(CENTRE.to_m(np.array([[lon, lat]]))[0, 0] - number * 500) < 60


@pytest.mark.parametrize(("language", "currency", "fare"), [("fr", "XOF", "200"), ("en", "KES", "50")])
def test_a_departure_note_holds_the_fare(language: str, currency: str, fare: str) -> None:
    rng = stream(1, "note")
    notes = {departure_note(float(fare), 60, "A", "B", LANGUAGES[language], currency, rng) for _ in range(50)}
    assert len(notes) > 10
    assert all(fare in note for note in notes)


def test_a_slip_changes_little_of_a_name() -> None:
    rng = stream(1, "slip")
    typed = [misspelt("Marché Central", rng) for _ in range(60)]
    assert len(set(typed)) > 8
    assert all(abs(len(name) - 14) <= 5 for name in typed)
    assert misspelt("A", rng).strip().lower() == "a"


def test_about_one_label_in_eight_names_the_wrong_direction(plain: RideSettings) -> None:
    rides = list(simulate(straight_network(800, 3), replace(plain, runs_min=100, runs_max=100, wrong_line_share=0)))
    wrong = np.mean([ride.hint.direction != "AB"[int(ride.truth.direction_id)] for ride in rides])
    assert 0.06 < wrong < 0.2


def test_an_unknown_language_is_refused_with_the_known_ones(plain: RideSettings) -> None:
    with pytest.raises(Problem) as refused:
        next(simulate(straight_network(), replace(plain, language="tlh")))
    assert refused.value.code == "language_unknown" and "fr" in refused.value.sentence


def test_a_survey_on_disk_has_its_files_and_both_tables(tmp_path: Path) -> None:
    count = run(straight_network(), tmp_path, seed=3, runs_per_pattern=2, language="fr", currency="XOF")
    assert count == len(list((tmp_path / "runs").glob("*.gpx"))) >= 4
    with (tmp_path / "manifest.csv").open(newline="", encoding="utf-8") as file:
        assert csv.DictReader(file).fieldnames == ["run", "line", "direction", "peak", "surveyor", "date",
                                                   "label_as_typed"]
    with (tmp_path / "truth.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == count
    assert [row["run"] for row in rows] == [f"run-{number:04d}" for number in range(1, count + 1)]


def test_writing_a_survey_again_writes_the_same(tmp_path: Path, plain: RideSettings) -> None:
    for name in ("one", "other"):
        write_survey(simulate(straight_network(), plain), tmp_path / name)
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert all((tmp_path / "one" / path).read_bytes() == (tmp_path / "other" / path).read_bytes() for path in files)


def test_our_own_reader_reads_every_fix_and_mark_back(survey: list[SimulatedRide]) -> None:
    gpx = pytest.importorskip("collectors.gpx")
    for ride in survey[:5]:
        reading = gpx.read_gpx(ride.gpx)
        t_s, lonlat = fixes_of(ride.gpx)
        assert reading.fixes.t_s == pytest.approx(t_s)
        assert reading.fixes.lon == pytest.approx(lonlat[:, 0])
        assert [mark.text for mark in reading.waypoints] == [text.strip() for text in marks_of(ride.gpx)]


def test_rides_take_a_sensible_time(survey: list[SimulatedRide], town: GtfsNetwork) -> None:
    lengths = {pattern.key: along_m(CENTRE.to_m(pattern.lonlat))[-1] for pattern in town.patterns}
    for ride in (ride for ride in survey if ride.truth.kind == "full"):
        t_s, _ = fixes_of(ride.gpx)
        assert 1.5 < lengths[ride.truth.pattern] / (t_s[-1] - t_s[0]) < 8.0, asdict(ride.truth)
