"""`commonway network`: loading and showing streets, as a person and as a program."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Command
from tests.collectors.streets.test_files import NODES, WAYS, osm
from tests.pipeline.town import survey

TOWN = ("--name", "Town", "--timezone", "Africa/Nairobi", "--currency", "KES", "--language", "en")


def a_map(folder: Path, ways: str = WAYS) -> Path:
    path = folder / "town.osm"
    path.write_bytes(osm(NODES, ways))
    return path


def test_streets_are_loaded_shown_and_replaced(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    loaded = commonway("network", "load", a_map(tmp_path), "--city", "town", "--json")
    assert loaded.code == 0 and {k: loaded.json[k] for k in ("source", "streets", "signals", "stops")} == {
        "source": "town.osm", "streets": 3, "signals": 1, "stops": 1
    }
    shown = commonway("network", "show", "--city", "town")
    assert "3 streets" in shown.out and "© OpenStreetMap contributors" in shown.out
    assert "No ride is read yet" in shown.out
    fewer = WAYS.replace("residential", "footway")
    again = commonway("network", "load", a_map(tmp_path, fewer), "--city", "town")
    assert again.code == 0 and "1 streets" in again.out and "commonway process --city town" in again.out
    assert commonway("network", "show", "--city", "town", "--json").json["streets"] == 1


def test_streets_of_another_place_are_told_of(commonway: Command, tmp_path: Path) -> None:
    (tmp_path / "ride.gpx").write_bytes(survey()[0].gpx)
    commonway("city", "create", "town", *TOWN)
    commonway("import", tmp_path / "ride.gpx", "--city", "town")
    commonway("process", "--jobs", 1, "--city", "town")
    loaded = commonway("network", "load", a_map(tmp_path), "--city", "town")
    assert loaded.code == 0 and "notice: streets of another place (rides elsewhere 1)" in loaded.out


def test_a_city_without_streets_says_how_to_load_them(commonway: Command) -> None:
    commonway("city", "create", "town", *TOWN)
    shown = commonway("network", "show", "--city", "town")
    assert shown.code == 1 and "commonway network load" in shown.err


def test_one_source_must_be_named(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    for sources in ([], [a_map(tmp_path), "--place", "Town"]):
        answer = commonway("network", "load", *sources, "--city", "town", "--json")
        assert answer.code == 1 and answer.json["error"]["code"] == "usage"


def test_a_bad_file_leaves_the_streets_as_they_were(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    commonway("network", "load", a_map(tmp_path), "--city", "town")
    bad = tmp_path / "bad.osm"
    bad.write_bytes(osm(NODES, WAYS)[:-30])
    assert commonway("network", "load", bad, "--city", "town", "--json").json["error"]["code"] == "street_file_damaged"
    assert commonway("network", "show", "--city", "town", "--json").json["streets"] == 3
