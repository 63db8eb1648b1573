"""`commonway booked`: services that come when they are called, read from GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.booked import read_booked
from mapping_service.errors import Problem
from mapping_service.feed_records import FeedSettings
from tests.cli.conftest import Command

TOWN = ("--name", "Town", "--timezone", "Africa/Nairobi", "--currency", "KES", "--language", "en")
SETTINGS = FeedSettings(None, None, None, None, "KE", "mark", "as_usual")
# Clockwise, with heights: both are put right.
SQUARE = [[36.80, -1.30, 1700], [36.80, -1.29, 1700], [36.81, -1.29, 1700], [36.81, -1.30, 1700], [36.80, -1.30, 1700]]
NIGHT: dict[str, Any] = {
    "name": "Night  bus", "phone": "020 2222181", "days": "saturday, weekday", "from": "22:00", "to": "25:30",
    "notice_min": 45,
}


def feature(geometry: Any = None, **over: Any) -> dict[str, Any]:
    """The night bus in a square, with other properties."""
    properties = {key: value for key, value in {**NIGHT, **over}.items() if value is not None}
    drawn = {"type": "Polygon", "coordinates": [SQUARE]} if geometry is None else geometry
    return {"type": "Feature", "properties": properties, "geometry": drawn}


def written(folder: Path, *features: Any) -> Path:
    """A file with these features."""
    path = folder / "booked.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), "utf-8")
    return path


def test_a_service_is_added_changed_listed_and_removed(commonway: Command, tmp_path: Path) -> None:
    commonway("city", "create", "town", *TOWN)
    commonway("city", "set", "town", "--country", "KE")
    commonway("agency", "add", "Union", "--city", "town")
    at_once = feature(name="Clinic van", notice_min=0, agency="Union", url="https://van.example/")
    added = commonway("booked", "add", written(tmp_path, feature(), at_once), "--city", "town", "--json").json
    assert [(one["booked_id"], one["name"], one["agency"]) for one in added] == [
        ("B1", "Night bus", None), ("B2", "Clinic van", "A1")
    ]
    ahead = feature(notice_min=None, notice_days=1, book_until="17:30")
    commonway("booked", "add", written(tmp_path, ahead), "--city", "town")
    listed = commonway("booked", "list", "--city", "town", "--json").json
    assert [(one["booked_id"], one["notice_min"], one["notice_days"], one["book_until_s"]) for one in listed] == [
        ("B1", None, 1, 63000), ("B2", 0, None, None)
    ]
    assert listed[0]["phone"] == "+254 20 2222181" and listed[0]["km2"] == "1.2"
    assert commonway("booked", "remove", "Clinic van", "--city", "town", "--json").json == {"removed": "B2"}
    assert commonway("booked", "remove", "B2", "--city", "town", "--json").json["error"]["code"] == "booked_unknown"
    assert "Night bus" in commonway("booked", "list", "--city", "town").out


def test_a_service_is_read_as_it_will_stand_in_the_feed(tmp_path: Path) -> None:
    (one,) = read_booked(written(tmp_path, feature()), SETTINGS)
    assert one.area == (((36.80, -1.30), (36.81, -1.30), (36.81, -1.29), (36.80, -1.29), (36.80, -1.30)),)
    assert (one.day_types, one.start_s, one.end_s) == (("weekday", "saturday"), 79200, 91800)


HOLE = [[36.805, -1.295], [36.806, -1.295], [36.806, -1.294], [36.805, -1.295]]
BOW_TIE = [[36.80, -1.30], [36.81, -1.29], [36.81, -1.30], [36.80, -1.29], [36.80, -1.30]]


def test_one_part_of_several_and_holes_stay(tmp_path: Path) -> None:
    geometry = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE]]}
    (one,) = read_booked(written(tmp_path, feature(geometry)), SETTINGS)
    assert len(one.area) == 2 and len(one.area[1]) == 4


@pytest.mark.parametrize("wrong", [
    feature(name=None), feature(name=" "), feature(days="monday"), feature(days=[]), feature(days=None),
    feature(**{"from": "6"}), feature(**{"from": "06:60"}), feature(to="21:00"), feature(to="48:01"),
    feature(notice_min=None), feature(notice_min=1440), feature(notice_min=-1), feature(notice_days=1),
    feature(notice_days=0, book_until="12:00"),
    feature({"type": "Point", "coordinates": [36.8, -1.3]}), feature({"type": "Polygon", "coordinates": [BOW_TIE]}),
    feature({"type": "Polygon", "coordinates": []}), feature({"type": "Polygon"}), feature("square"),
    feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [[[x + 1, y] for x, y, _ in SQUARE]]]}),
    feature({"type": "Polygon", "coordinates": [[[x * 10, y] for x, y, _ in SQUARE]]}),
    {"type": "Feature", "geometry": None}, "feature", None,
])
def test_what_cannot_be_read_is_refused_with_its_number(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(Problem, match="Feature 2") as refused:
        read_booked(written(tmp_path, feature(), wrong), SETTINGS)
    assert refused.value.code == "bad_booked" and refused.value.details == {"feature": 2}


def test_a_name_that_no_feed_holds_is_refused_with_its_number(tmp_path: Path) -> None:
    for name, code in (("x" * 5000, "name_too_long"), ("\u200b", "bad_booked")):
        with pytest.raises(Problem, match="Feature 2") as refused:
            read_booked(written(tmp_path, feature(), feature(name=name)), SETTINGS)
        assert refused.value.code == code


def test_two_services_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Night bus"):
        read_booked(written(tmp_path, feature(), feature()), SETTINGS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "name", "days", "from", "phone"]),
        inner | st.sampled_from(["Polygon", "Feature", "06:00", "weekday"]), max_size=5,
    ),
    max_leaves=12,
)


@given(JSON)
def test_whatever_a_file_holds_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "any.geojson"
    path.write_text(json.dumps(value), "utf-8")
    try:
        assert read_booked(path, SETTINGS)
    except Problem as problem:
        assert problem.sentence
