"""Map files as they really come: every format, answers of Overpass, and files that are no maps at all."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.streets import files
from collectors.streets.files import read_street_file
from collectors.streets.rules import name_of
from mapping_service.errors import Problem
from mapping_service.street_records import StreetReading
from mapping_service.streets import digest

DATA = Path(__file__).parents[3] / "../shared/data"
NODES = """
  <node id="1" lat="-1.28" lon="36.81"/>
  <node id="2" lat="-1.28" lon="36.82"><tag k="highway" v="traffic_signals"/></node>
  <node id="3" lat="-1.28" lon="36.83"/>
  <node id="4" lat="-1.27" lon="36.82"/>
  <node id="5" lat="-1.279" lon="36.815"><tag k="highway" v="bus_stop"/></node>
"""
WAYS = """
  <way id="7"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
  <way id="8"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/></way>
  <way id="9"><nd ref="3"/><nd ref="4"/><tag k="highway" v="footway"/></way>
"""


def osm(*parts: str, root: str = '<osm version="0.6">') -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}{"".join(parts)}</osm>'.encode()


def read(folder: Path, data: bytes, name: str = "town.osm") -> StreetReading:
    path = folder / name
    path.write_bytes(data)
    return read_street_file(path)


def refused(folder: Path, data: bytes, name: str = "town.osm") -> str:
    with pytest.raises(Problem) as caught:
        read(folder, data, name)
    assert name in caught.value.sentence and caught.value.sentence.endswith(".")
    return caught.value.code


def test_a_file_gives_streets_signals_and_stops(tmp_path: Path) -> None:
    found = read(tmp_path, osm(NODES, WAYS))
    assert found.streets.way_id.tolist() == [7, 7, 8]
    assert found.streets.kind.tolist() == ["primary", "primary", "residential"]
    assert found.streets.signal_lon_lat.tolist() == [[36.82, -1.28]]
    assert found.streets.stop_lon_lat.tolist() == [[36.815, -1.279]]
    assert (found.source, found.dated_s, list(found.notices)) == ("town.osm", None, [])


def test_streets_have_the_names_of_their_ways(tmp_path: Path) -> None:
    said = ["Rue 12", " Big \n Road ;Old Road", "", "X" * 300, "a\u0007b"]
    ways = "".join(
        f'<way id="{k}"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/><tag k="name" v="{name}"/></way>'
        for k, name in enumerate(said[:4], start=1)
    )
    assert dict(read(tmp_path, osm(NODES, ways)).names) == {1: "Rue 12", 2: "Big Road"}
    assert [name_of({"name": name}) for name in said] == ["Rue 12", "Big Road", "", "", ""]


def test_the_same_map_in_every_format_gives_the_same_streets(tmp_path: Path) -> None:
    plain = read(tmp_path, osm(NODES, WAYS))
    packed = read(tmp_path, gzip.compress(osm(NODES, WAYS)), "town.osm.gz")
    pbf = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        for one in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(one)
    assert digest(plain.streets) == digest(packed.streets) == digest(read_street_file(pbf).streets)
    assert len({plain.sha256, packed.sha256}) == 2


def test_a_format_is_told_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    plain = read(tmp_path, osm(NODES, WAYS), "export")
    assert digest(read(tmp_path, gzip.compress(osm(NODES, WAYS)), "map.osm").streets) == digest(plain.streets)


def test_ways_may_stand_before_their_nodes(tmp_path: Path) -> None:
    assert digest(read(tmp_path, osm(WAYS, NODES)).streets) == digest(read(tmp_path, osm(NODES, WAYS)).streets)


def test_ways_may_bring_the_places_of_their_nodes(tmp_path: Path) -> None:
    """As Overpass sends them with “out geom”: the only nodes are signals and stops."""
    ways = WAYS
    for node, at in ((1, 'lat="-1.28" lon="36.81"'), (2, 'lat="-1.28" lon="36.82"'), (3, 'lat="-1.28" lon="36.83"'),
                     (4, 'lat="-1.27" lon="36.82"')):
        ways = ways.replace(f'<nd ref="{node}"/>', f'<nd ref="{node}" {at}/>')
    marked = "".join(line for line in NODES.splitlines() if "<tag" in line)
    assert digest(read(tmp_path, osm(marked, ways)).streets) == digest(read(tmp_path, osm(NODES, WAYS)).streets)


def test_missing_nodes_cut_a_way_and_are_counted(tmp_path: Path) -> None:
    without = "".join(line for line in NODES.splitlines() if 'id="3"' not in line)
    found = read(tmp_path, osm(without, WAYS))
    assert len(found.streets) == 2 and [(one.code, one.details) for one in found.notices] == [("cut_ways", {"ways": 1})]


def test_an_answer_of_overpass_says_how_current_it_is_and_that_it_was_cut_off(tmp_path: Path) -> None:
    head = '<osm version="0.6" generator="Overpass API">\n<meta osm_base="2017-10-31T12:58:03Z"/>'
    found = read(tmp_path, osm(NODES, WAYS, "<remark> runtime error: Query timed out </remark>", root=head))
    assert found.dated_s == datetime(2017, 10, 31, 12, 58, 3, tzinfo=UTC).timestamp()
    assert [(one.code, one.details["said"]) for one in found.notices] == [
        ("overpass_remark", "runtime error: Query timed out")
    ]


def test_a_map_is_as_current_as_its_newest_street(tmp_path: Path) -> None:
    ways = WAYS.replace('<way id="8"', '<way id="8" version="2" timestamp="2021-02-23T11:31:11Z"')
    assert read(tmp_path, osm(NODES, ways)).dated_s == datetime(2021, 2, 23, 11, 31, 11, tzinfo=UTC).timestamp()


def test_a_header_of_a_pbf_says_how_current_it_is(tmp_path: Path) -> None:
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2024-05-01T20:21:25Z")
    pbf = tmp_path / "town.osm.pbf"
    with osmium.SimpleWriter(str(pbf), header=header) as writer:
        (tmp_path / "town.osm").write_bytes(osm(NODES, WAYS))
        for one in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(one)
    assert read_street_file(pbf).dated_s == datetime(2024, 5, 1, 20, 21, 25, tzinfo=UTC).timestamp()


BOMB = '<!DOCTYPE osm [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]><osm version="0.6">'


@pytest.mark.parametrize(("data", "code"), [
    (b"", "street_file_empty"),
    (b"\n", "street_file_damaged"),
    (b"The matatu left at seven.", "street_file_damaged"),
    (b"<gpx></gpx>", "street_file_damaged"),
    (b"<html><body>Too many requests</body></html>", "street_file_damaged"),
    (b'{"elements": []}', "street_file_damaged"),
    (osm(NODES, WAYS)[:-40], "street_file_damaged"),
    (osm(NODES, WAYS.replace('ref="1"', 'ref="x"')), "street_file_damaged"),
    (osm(NODES, WAYS.replace("primary", "x" * 100_000)), "street_file_damaged"),
    (osm(NODES, WAYS.replace("primary", "&b;"), root=BOMB), "street_file_damaged"),
    (gzip.compress(osm(NODES, WAYS), mtime=0)[:-30], "street_file_damaged"),
    (b"\x1f\x8b and then nothing", "street_file_damaged"),
    (b"PK\x03\x04 a zip", "street_file_packed"),
    (osm(), "no_streets"),
    (osm(NODES), "no_streets"),
    (osm(WAYS), "no_streets"),
    (osm(NODES, WAYS.replace("primary", "path").replace("residential", "steps")), "no_streets"),
    (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x56" + b"\xff" * 500, "street_file_damaged"),
])
def test_what_is_no_street_map_is_refused_with_a_sentence(tmp_path: Path, data: bytes, code: str) -> None:
    assert refused(tmp_path, data) == code


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        read_street_file(tmp_path / "nowhere.osm.pbf")
    assert caught.value.code == "path_missing"


def test_a_cut_pbf_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "town.osm").write_bytes(osm(NODES, WAYS))
    with osmium.SimpleWriter(str(tmp_path / "town.osm.pbf")) as writer:
        for one in osmium.FileProcessor(str(tmp_path / "town.osm")):
            writer.add(one)
    whole = (tmp_path / "town.osm.pbf").read_bytes()
    assert refused(tmp_path, whole[:-20], "cut.osm.pbf") == "street_file_damaged"


def test_limits_hold_packed_unpacked_and_in_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_STREET_FILE_BYTES", 500)
    assert refused(tmp_path, osm(NODES, WAYS)) == "street_file_too_large"
    assert refused(tmp_path, gzip.compress(osm(" " * 600))) == "street_file_too_large"
    monkeypatch.undo()
    monkeypatch.setattr(files, "MAX_STREET_WAYS", 1)
    assert refused(tmp_path, osm(NODES, WAYS)) == "street_file_too_large"


@given(st.binary(max_size=200), st.integers(0, 900))
def test_noise_in_a_file_is_a_problem_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int
) -> None:
    whole = osm(NODES, WAYS)
    path = tmp_path_factory.getbasetemp() / "noise.osm"
    path.write_bytes(whole[:at] + noise + whole[at + len(noise):])
    try:
        found = read_street_file(path)
    except Problem as problem:
        assert problem.code in {"street_file_damaged", "no_streets"}
    else:
        assert np.isfinite(found.streets.lon_lat).all()


@pytest.mark.parametrize(("name", "streets", "signals", "stops"), [
    ("duitama/duitama.osm.pbf", 7764, 41, 9),
    ("helsinki-phones/Helsinki.osm.pbf", 475, 472, 92),
    ("accra/overpass-routes.osm.gz", 2582, 23, 295),
    ("esteli/overpass-routes.osm.gz", 87, 2, 281),
])
def test_real_files_load(name: str, streets: int, signals: int, stops: int) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    found = read_street_file(path).streets
    assert (len(found), len(found.signal_lon_lat), len(found.stop_lon_lat)) == (streets, signals, stops)
    assert (np.diff(found.first) >= 2).all() and found.first[-1] == len(found.lon_lat)


@pytest.mark.parametrize("name", ["accra/overpass-stops.osm.gz", "esteli/overpass-stops.osm.gz"])
def test_real_files_of_stops_alone_hold_no_streets(name: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not here")
    with pytest.raises(Problem) as caught:
        read_street_file(path)
    assert caught.value.code == "no_streets"
