"""Places, lines, times and numbers in filled forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.openrosa.values import Place, geopoint, geotrace, moment, number, seconds_of_day


@pytest.mark.parametrize("text, place", [
    ("-1.2921 36.8219 1661.0 4.5", Place(36.8219, -1.2921, 1661.0, 4.5)),
    ("0.347596 4.9E-2 0.0 0.0", Place(0.049, 0.347596)),
    ("4.9E-4 32.58252 1190 5", Place(32.58252, 0.00049, 1190.0, 5.0)),
    ("-0.0 36.8", Place(36.8, -0.0)),
    ("007.5 036.80 12", Place(36.8, 7.5, 12.0)),
    (" 6.5  3.4  0 12 ", Place(3.4, 6.5, None, 12.0)),
    ("6.5 3.4 0 -1", Place(3.4, 6.5)),
    ("6.5", None), ("6.5 3.4 1 2 3", None), ("91 3.4", None), ("6.5 181", None), ("0 0 0 0", None), ("", None),
    ("nan 3.4", None), ("north 3.4", None), ("6,5 3,4", None),
])
def test_a_point_in_the_ways_of_the_clients(text: str, place: Place | None) -> None:
    assert geopoint(text) == place


@pytest.mark.parametrize("written", [
    "6.5 3.4 0 0; 6.6 3.5 0 0; 6.5 3.4 0 0", "6.5 3.4 0 0;6.6 3.5 0 0;6.5 3.4 0 0;", "6.5 3.4;6.6 3.5;6.5 3.4",
])
def test_a_closed_line_is_a_line_however_its_points_are_parted(written: str) -> None:
    places, lost = geotrace(written)
    assert [(place.lat, place.lon) for place in places] == [(6.5, 3.4), (6.6, 3.5), (6.5, 3.4)] and lost == 0


def test_points_that_are_no_places_are_counted() -> None:
    places, lost = geotrace("6.5 3.4;0 0;6.6 3.5;x y")
    assert (len(places), lost) == (2, 2)


@pytest.mark.parametrize("text", [
    "2026-11-23T03:32:10.949Z", "2026-11-23T03:32:10.949+00:00", "2026-11-23T03:32:10.949-00:00",
    "2026-11-23T06:32:10.949+03:00", "2026-11-23T06:32:10.949",
])
def test_three_engines_write_one_moment(text: str) -> None:
    assert moment(text, "Africa/Nairobi") == 1795404730.949


@pytest.mark.parametrize("text", ["", "2026-11-23", "yesterday", "0001-01-01T00:00:00", "9999-12-31T23:59:59-23:59",
                                  "T"])
def test_what_is_no_moment_is_none(text: str) -> None:
    assert moment(text, "Africa/Nairobi") is None


def test_a_time_of_day_has_no_zone() -> None:
    read = [seconds_of_day(text) for text in ("06:30:00.000+03:00", "06:30", "24:00", "")]
    assert read == [23400.0, 23400.0, None, None]


@pytest.mark.parametrize("text, value", [("50", 50.0), ("50.0", 50.0), ("4.9E-4", 0.00049), ("1e999", None), ("", None),
                                         ("1_000", None), ("٣", None), ("inf", None)])
def test_numbers(text: str, value: float | None) -> None:
    assert number(text) == value


_DEGREES = st.floats(-89, 89)
_POINTS = st.lists(st.tuples(_DEGREES, _DEGREES).filter(lambda p: abs(p[0]) + abs(p[1]) > 0.02))


@given(_POINTS, st.sampled_from([";", "; ", " ;"]), st.sampled_from(["", " 0", " 0.0 0.0"]))
def test_a_line_is_read_back_whatever_parts_its_points(
    points: list[tuple[float, float]], parter: str, rest: str
) -> None:
    text = parter.join(f"{lat!r} {lon!r}{rest}" for lat, lon in points)
    places, lost = geotrace(text)
    assert [(place.lat, place.lon) for place in places] == points and lost == 0


@given(st.text(max_size=40))
def test_any_text_is_a_value_or_none(text: str) -> None:
    geotrace(text), moment(text, "Africa/Nairobi"), seconds_of_day(text), number(text)
