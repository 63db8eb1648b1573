"""Streets of a place by its name, from graphs as osmnx gives them. Nothing here reaches the internet."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import osmnx
import pytest
from defusedxml import ElementTree

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
    path.write_bytes(osm(NODES, WAYS.replace('v="primary"/>', 'v="primary"/><tag k="name" v="Rue 7"/>')))
    with place._settings():
        graph = osmnx.graph_from_xml(path, simplify=False, retain_all=True)
    read = read_street_file(path)
    found = streets_of_graph(graph, "Town", read.streets.stop_lon_lat, 1.5e9)
    assert digest(found.streets) == digest(read.streets)
    assert dict(found.names) == dict(read.names) == {7: "Rue 7"}
    assert (found.source, found.dated_s, found.sha256) == ("Town", 1.5e9, digest(found.streets))


def test_settings_of_osmnx_are_as_before_afterwards() -> None:
    before = osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)
    with place._settings():
        assert osmnx.settings.all_oneway
    assert (osmnx.settings.all_oneway, list(osmnx.settings.useful_tags_way)) == before


class Server(BaseHTTPRequestHandler):
    """Stands for Nominatim (GET) and Overpass (POST): one place with a square boundary, and the map of this file."""

    asked: list[str] = []

    def do_GET(self) -> None:
        west, south, east, north = 36.80, -1.29, 36.84, -1.26
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        self._answer([{
            "osm_id": 1, "osm_type": "relation", "lat": "-1.28", "lon": "36.82", "display_name": "Town",
            "importance": 0.5, "class": "boundary", "type": "administrative", "place_id": 1, "name": "Town",
            "boundingbox": [str(south), str(north), str(west), str(east)],
            "geojson": {"type": "Polygon", "coordinates": [ring]},
        }])

    def do_POST(self) -> None:
        query = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())["data"][0]
        self.asked.append(query)
        self._answer({"elements": list(elements(osm(NODES, WAYS), streets="bus_stop" not in query))})

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


def elements(xml: bytes, *, streets: bool) -> Iterator[dict[str, Any]]:
    """The nodes and ways of a map as Overpass sends them: for streets without the footway, else the bus stop."""
    for one in ElementTree.fromstring(xml):
        tags = {tag.attrib["k"]: tag.attrib["v"] for tag in one.iter("tag")}
        base = {"type": one.tag, "id": int(one.attrib["id"]), **({"tags": tags} if tags else {})}
        if one.tag == "node" and streets == ("bus_stop" not in tags.values()):
            yield base | {"lat": float(one.attrib["lat"]), "lon": float(one.attrib["lon"])}
        elif one.tag == "way" and streets and tags["highway"] != "footway":
            yield base | {"nodes": [int(ref.attrib["ref"]) for ref in one.iter("nd")]}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Server]]:
    """A server of this machine in the place of OpenStreetMap's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{running.server_port}/"
        for name, value in (
            ("nominatim_url", address), ("overpass_url", address), ("overpass_rate_limit", False),
            ("doh_url_template", None),
        ):
            monkeypatch.setattr(osmnx.settings, name, value)
        Server.asked.clear()
        yield Server
        running.shutdown()
        thread.join()


def test_a_place_is_fetched_as_the_file_of_it_is_read(server: type[Server], tmp_path: Path) -> None:
    path = tmp_path / "town.osm"
    path.write_bytes(osm(NODES, WAYS))
    found = fetch_streets("Town")
    assert digest(found.streets) == digest(read_street_file(path).streets)
    assert len(found.streets.stop_lon_lat) == len(found.streets.signal_lon_lat) == 1
    assert found.dated_s is not None and found.attribution.startswith("©")
    assert any("busway" in query and "residential" in query for query in server.asked)
    assert any("bus_stop" in query for query in server.asked)


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
