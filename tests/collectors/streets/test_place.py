"""Streets of a place by its name, from graphs as osmnx gives them. Nothing here reaches the internet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import osmnx
import pytest

from collectors.streets import place
from collectors.streets.files import read_street_file
from collectors.streets.place import fetch_streets, streets_of_graph
from mapping_service.errors import Problem
from mapping_service.streets import digest
from tests.collectors.streets.drawn import NOWHERE
from tests.collectors.streets.test_files import NODES, osm

WAYS = """
  <way id="7"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/><tag k="oneway" v="-1"/></way>
  <way id="8"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/><tag k="oneway" v="yes"/>
    <tag k="oneway:bus" v="no"/></way>
  <way id="9"><nd ref="3"/><nd ref="4"/><tag k="highway" v="footway"/></way>
"""


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Servers of which nothing answers, as without internet."""
    for name in ("nominatim_url", "overpass_url"):
        monkeypatch.setattr(osmnx.settings, name, "http://127.0.0.1:1/")
    monkeypatch.setattr(osmnx.settings, "doh_url_template", None)
    yield


def test_a_graph_gives_the_same_streets_as_a_file_of_the_same_map(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_bytes(osm(NODES, WAYS))
    with place._settings():
        graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
    read = read_street_file(path)
    found = streets_of_graph(graph, "Town", read.streets.stop_lon_lat, 1.5e9)
    assert digest(found.streets) == digest(read.streets)
    assert (found.source, found.dated_s, found.sha256) == ("Town", 1.5e9, digest(found.streets))


def test_settings_of_osmnx_are_as_before_afterwards() -> None:
    before = osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)
    with place._settings():
        assert osmnx.settings.all_oneway
    assert (osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)) == before


def test_without_internet_a_place_says_what_to_do(unreachable: None) -> None:
    with pytest.raises(Problem) as caught:
        fetch_streets("Kumasi, Ghana")
    assert (caught.value.code, caught.value.status) == ("street_server_unreachable", 503)
    assert "file" in caught.value.sentence


def test_a_place_that_nobody_knows_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise TypeError("Nominatim did not geocode query")

    monkeypatch.setattr(osmnx, "graph_from_place", unknown)
    with pytest.raises(Problem) as caught:
        fetch_streets("Nowhere")
    assert caught.value.code == "place_unknown" and "Nowhere" in caught.value.sentence


def test_a_place_without_streets_says_so(tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_bytes(osm(NODES, WAYS.replace("primary", "path").replace("residential", "steps")))
    with place._settings():
        graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
    with pytest.raises(Problem) as caught:
        streets_of_graph(graph, "Town", NOWHERE, 0.0)
    assert caught.value.code == "no_streets"
