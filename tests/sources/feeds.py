"""Small feeds for the tests, as zips of text. ``HOSTILE`` has in it what breaks programs that think they know better.

The map of ``PLAIN`` (0.01 degrees is about 1.1 km)::

    A ── B ── C ── D        L1  Harbour – Airport, both ways     F  a stop that nothing serves
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = Sequence[Sequence[str]]
NAMES = ("NA", "None", "007", 'Comma, "quote"', "two\nlines", "መርካቶ", "محطة", "🚌 stop")


def table(*rows: Sequence[str], ending: str = "\n", mark: str = "") -> bytes:
    """Rows as CSV, the header first."""
    return (mark + "".join(",".join(map(_cell, row)) + ending for row in rows)).encode()


def _cell(text: str) -> str:
    """Quoted where it must be; Python's own writer leaves a lone carriage return bare."""
    return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text


def pack(path: Path, files: Mapping[str, bytes], folder: str = "") -> Path:
    """Write a zip with these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return path


def unpack(data: bytes) -> dict[str, list[list[str]]]:
    """Every file of a zip as rows of text, the header first."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
                for name in archive.namelist()}


AGENCY = table(("agency_id", "agency_name", "agency_url", "agency_timezone"),
               ("union", "Harbour Union", "https://union.example", "Africa/Nairobi"))
CALENDAR = table(("service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                  "start_date", "end_date"),
                 ("WD", *"1111100", "20190304", "20200131"), ("SA", *"0000010", "20190304", "20200131"))
STOPS = table(
    ("stop_id", "stop_name", "stop_lat", "stop_lon", "stop_code", "parent_station", "location_type"),
    ("A", "Harbour", "-1.300000", "36.8000", "001", "", ""), ("B", "Mill", "-1.3", "36.81", "", "M", ""),
    ("C", "Market", "-1.30", "36.82", "", "M", "0"), ("D", "Airport", "-1.30", "36.83", "", "", ""),
    ("F", "Forgotten", "-1.35", "36.83", "", "", ""), ("M", "Centre", "-1.30", "36.815", "", "", "1"),
)
ROUTES = table(("route_id", "agency_id", "route_short_name", "route_long_name", "route_type", "route_color"),
               ("L1", "union", "01", "Harbour - Airport", "3", "00aa00"))
TRIPS = table(
    ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id", "shape_id"),
    ("L1", "WD", "out-am", "Airport", "0", "out"), ("L1", "WD", "out-pm", "Airport", "0", "out"),
    ("L1", "WD", "back", "Harbour", "1", ""),
)
SHAPES = table(("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"),
               *(("out", "-1.300", f"36.{80 + i}", f"{i:03d}") for i in range(4)))
FREQUENCIES = table(("trip_id", "start_time", "end_time", "headway_secs", "exact_times"),
                    ("out-am", "6:00:00", "09:00:00", "300", "0"), ("out-pm", "16:00:00", "26:50:00", "00600", "0"))


def calls(trip_id: str, stops: str, minutes: Sequence[int]) -> list[tuple[str, ...]]:
    """Stop times, one minute past the hour each; a trip that passes midnight runs on past 24."""
    return [(trip_id, clock := f"{m // 60}:{m % 60:02d}:00", clock, stop, str(i))
            for i, (stop, m) in enumerate(zip(stops, minutes), start=1)]


STOP_TIMES = table(
    ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
    *calls("out-am", "ABCD", (360, 365, 371, 380)), *calls("out-pm", "ABCD", (960, 966, 973, 983)),
    *calls("back", "DCBA", (1590, 1596, 1603, 1610)),
)
PLAIN: Mapping[str, bytes] = {
    "agency.txt": AGENCY, "calendar.txt": CALENDAR, "stops.txt": STOPS, "routes.txt": ROUTES, "trips.txt": TRIPS,
    "shapes.txt": SHAPES, "frequencies.txt": FREQUENCIES, "stop_times.txt": STOP_TIMES,
}
_HOSTILE_STOPS = tuple((f"s{i}", name, "-1.30", f"36.8{i}", "kept") for i, name in enumerate(NAMES))
HOSTILE: Mapping[str, bytes] = {
    **{name: PLAIN[name] for name in ("agency.txt", "calendar.txt", "routes.txt")},
    "stops.txt": table(("stop_id", "stop_name", "stop_lat", "stop_lon", "x_surveyor's note"), *_HOSTILE_STOPS,
                       ending="\r\n", mark="\ufeff"),
    "trips.txt": table(("route_id", "service_id", "trip_id", "trip_headsign"), ("L1", "WD", "none", "NA")),
    "stop_times.txt": table(
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "timepoint"),
        *(("none", clock := f"{25 + i // 2}:{50 * (i % 2):02d}:00", clock, f"s{i}", f"{i}0", "0")
          for i in range(len(NAMES))),
    ),
    "stop_amenities.txt": table(("stop_id", "amenity"), ("s0", "NULL"), ("s2", "toilet,\r\nshade"), ("s3", "\\.")),
    "locations.geojson": b'{"type": "FeatureCollection", "features": [] }\r\n',
    "LICENCE.txt": "Do as you like.\nSigned: Ñandú\n".encode("latin-1"),
}
