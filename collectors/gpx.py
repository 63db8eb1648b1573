"""Reads GPX 1.0 and 1.1 as phones really write it: what is there is kept, what is lost or odd is said.

One pass of expat over the bytes gathers text, column by column; numpy turns the columns into numbers afterwards. GPX:
https://www.topografix.com/GPX/1/1/. The meaning of ``hdop`` differs by recorder: OsmAnd and Locus write metres there
(osmandapp/OsmAnd#3445), everybody else the dilution of precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from collectors.gpx_values import SMALLEST, believable, epoch_seconds, numbers
from collectors.limits import MAX_FILE_BYTES, MAX_POINTS, MAX_TEXT_CHARS, MAX_WAYPOINTS, MAX_XML_DEPTH
from collectors.storable import storable_text
from mapping_service.errors import Problem, TooLarge
from mapping_service.records import Fixes, Floats, Notice, Reading, Waypoint

METRES_PER_HDOP = 5.0
"""User-equivalent range error of a phone, in metres: accuracy is about this times the HDOP. An estimate."""

CREATORS_WITH_METRES = ("osmand", "locus")
"""Recorders, as their ``creator`` begins in lower case, that write metres into ``hdop``."""

NULL_ISLAND_DEG = 0.01
"""|lat| + |lon| below this, in degrees, is a recorder's zero, not a place."""

MAX_SPEED_MPS = 200.0
MAX_ACCURACY_M = 1e5
MAX_ELE_M = 1e5
"""Beyond these speeds, accuracies and heights (either way), in m/s and metres, a recorder states nothing."""

_LEAVES = {"ele": "ele", "time": "time", "hdop": "hdop", "speed": "speed", "accuracy": "accuracy",
           "accuracy_horizontal": "accuracy", "name": "name", "cmt": "cmt", "desc": "desc"}
_IN_EXTENSIONS = frozenset({"speed", "accuracy", "accuracy_horizontal"})
_TEXTS = ("name", "cmt", "desc")
_COLUMNS = {"trkpt": ("lat", "lon", "ele", "time", "hdop", "speed", "accuracy"), "wpt": ("lat", "lon", "time", *_TEXTS)}
_CELLS = {element: {leaf: columns.index(name) for leaf, name in _LEAVES.items() if name in columns}
          for element, columns in _COLUMNS.items()}
_MOST = {"trkpt": MAX_POINTS, "wpt": MAX_WAYPOINTS}

Row = list[str | None]
Columns = dict[str, Sequence[str | None]]


def read_gpx(data: bytes) -> Reading:
    """Read the tracks and waypoints of one GPX file.

    Positions are EPSG:4326 degrees, times epoch seconds in UTC. Notices: ``truncated`` and ``trailing_data`` (points,
    waypoints, line); ``bad_positions`` and ``null_island`` (points, waypoints; these are dropped); ``bad_times``,
    ``naive_times`` (read as UTC), ``decimal_commas``, ``accuracy_estimated`` and ``text_cut`` (count).

    Raises ``Problem``: ``file_empty``, ``file_too_large``, ``not_xml``, ``encoding_unknown``, ``not_gpx``,
    ``entities_refused``, ``too_deep``, ``too_many_points``. A file without positions is no problem here: its
    arrays are empty.
    """
    if not data.strip():
        raise Problem("file_empty", "The file is empty. Export the track from the recorder again and send that file.")
    if len(data) > MAX_FILE_BYTES:
        raise TooLarge("file_too_large", f"The file is larger than {MAX_FILE_BYTES // 1_000_000} MB. "
                       "Export one ride per file.", bytes=len(data))
    scan = _Scan()
    end = scan.run(data)
    fixes, fix_notices = _fixes(scan)
    waypoints, waypoint_notices = _waypoints(scan)
    notices = _merged([*fix_notices, *waypoint_notices])
    if end is not None:
        details = {"points": len(fixes), "waypoints": len(waypoints), "line": end.line}
        notices.insert(0, Notice(end.code, details))
    return Reading(fixes, waypoints, notices, scan.creator)


@dataclass(frozen=True)
class _End:
    """Where and how the parser stopped before the end of the bytes."""

    code: str
    line: int


class _Scan:
    """The callbacks of one parse and the rows of text they fill: one per ``trkpt`` and per ``wpt``."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {element: [] for element in _COLUMNS}
        self.segment_starts: list[int] = []
        self.creator: str | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = _refuse_entities
        self._has_root = False
        self._depth = 0
        self._locals: dict[str, str] = {}
        self._row: Row | None = None
        self._row_element = ""
        self._row_depth = 0
        self._cells: dict[str, int] = {}
        self._cell = 0
        self._cell_depth = 0
        self._parts: list[str] = []

    def run(self, data: bytes) -> _End | None:
        """Parse to the end, or to the first fault, whose kind and line are returned."""
        try:
            self._parser.Parse(data.lstrip(b" \t\r\n"), True)
        except (LookupError, ValueError) as error:
            raise Problem("encoding_unknown", "The file's first line names an encoding that cannot be read. "
                          "Export the track as UTF-8.") from error
        except expat.ExpatError as error:
            if not self._has_root:
                raise Problem("not_xml", "The file is not GPX: it is not XML at all. "
                              "Choose GPX when exporting from the recorder.", line=error.lineno) from error
            return _End("truncated" if self._depth else "trailing_data", error.lineno)
        return None

    def columns(self, element: str) -> Columns:
        """The finished rows of an element, turned into one sequence per column."""
        rows = self.rows[element]
        return dict(zip(_COLUMNS[element], zip(*rows))) if rows else {name: () for name in _COLUMNS[element]}

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth = depth = self._depth + 1
        local = self._locals.get(tag) or self._locals.setdefault(tag, tag.rpartition(":")[2].lower() or tag)
        if self._row is not None and depth <= MAX_XML_DEPTH:
            cell = self._cells.get(local)
            if cell is not None and not self._cell_depth and (depth == self._row_depth + 1 or local in _IN_EXTENSIONS):
                self._cell, self._cell_depth = cell, depth
                self._parts = []
                self._parser.CharacterDataHandler = self._parts.append
        elif local in _COLUMNS and 1 < depth <= MAX_XML_DEPTH:
            self._row = [attributes.get("lat"), attributes.get("lon"), None, None, None, None, None]
            self._row_element, self._row_depth, self._cells = local, depth, _CELLS[local]
        else:
            self._open_other(local, attributes)

    def _open_other(self, local: str, attributes: dict[str, str]) -> None:
        if self._depth > MAX_XML_DEPTH:
            raise Problem("too_deep", f"The file nests elements over {MAX_XML_DEPTH} deep, which no recorder does. "
                          "Export the track again.")
        if self._depth == 1:
            if local != "gpx":
                raise Problem("not_gpx", f"The file is XML but not GPX: it begins with <{local[:40]}>. "
                              "Choose GPX when exporting from the recorder.")
            self._has_root = True
            creator = attributes.get("creator")
            self.creator = None if creator is None else storable_text(creator)
        elif local == "trkseg":
            self.segment_starts.append(len(self.rows["trkpt"]))

    def _end(self, _tag: str) -> None:
        depth = self._depth
        if depth == self._cell_depth and self._row is not None:
            self._row[self._cell] = "".join(self._parts)
            self._cell_depth = 0
            self._parser.CharacterDataHandler = None
        elif depth == self._row_depth and self._row is not None:
            self._keep(self._row)
            self._row = None
            self._row_depth = 0
        self._depth = depth - 1

    def _keep(self, row: Row) -> None:
        """A row counts only once its element has ended: half a position is none."""
        rows = self.rows[self._row_element]
        if len(rows) >= _MOST[self._row_element]:
            raise TooLarge("too_many_points", f"The file holds more than {len(rows):,} {self._row_element} elements. "
                           "Export one ride per file.", element=self._row_element)
        rows.append(row)


def _refuse_entities(*_declaration: object) -> None:
    raise Problem("entities_refused", "The file declares XML entities, which can hide harm and which GPX never needs. "
                  "Export the track again, without a DOCTYPE.")


def _fixes(scan: _Scan) -> tuple[Fixes, list[Notice]]:
    rows = scan.columns("trkpt")
    lon, lat, keep, notices = _positions(rows, "points")
    times = epoch_seconds(rows["time"])
    accuracy_m, estimated = _accuracy_m(rows, scan.creator)
    speed_mps = believable(numbers(rows["speed"]).values, 0, MAX_SPEED_MPS)
    ele_m = believable(numbers(rows["ele"]).values, -MAX_ELE_M, MAX_ELE_M)
    kept_before = np.concatenate([[0], np.cumsum(keep)])
    starts = np.unique(kept_before[np.array([0, *scan.segment_starts], dtype=np.int64)])
    fixes = Fixes(times.t_s[keep], lon[keep], lat[keep], ele_m[keep], accuracy_m[keep], speed_mps[keep],
                  starts[starts < max(1, np.count_nonzero(keep))].astype(np.int64))
    counts = {"bad_times": times.bad, "naive_times": times.naive, "accuracy_estimated": int(estimated[keep].sum())}
    return fixes, [*notices, *_counted(counts)]


def _waypoints(scan: _Scan) -> tuple[list[Waypoint], list[Notice]]:
    rows = scan.columns("wpt")
    lon, lat, keep, notices = _positions(rows, "waypoints")
    times = epoch_seconds(rows["time"])
    texts = [storable_text(next((text.strip() for text in found if text and text.strip()), ""))
             for found in zip(*(rows[name] for name in _TEXTS))]
    waypoints = [
        Waypoint(float(lon[i]), float(lat[i]), None if np.isnan(times.t_s[i]) else float(times.t_s[i]),
                 texts[i][:MAX_TEXT_CHARS])
        for i in np.flatnonzero(keep)]
    counts = {"bad_times": times.bad, "naive_times": times.naive,
              "text_cut": sum(len(text) > MAX_TEXT_CHARS for text in texts)}
    return waypoints, [*notices, *_counted(counts)]


def _positions(rows: Columns, what: str) -> tuple[Floats, Floats, NDArray[np.bool_], list[Notice]]:
    """Lon and lat in degrees, which rows to keep, and what to say of the others."""
    lon, lat = numbers(rows["lon"]), numbers(rows["lat"])
    good = (np.abs(lon.values) <= 180) & (np.abs(lat.values) <= 90)
    null = good & (np.abs(lon.values) + np.abs(lat.values) < NULL_ISLAND_DEG)
    dropped = {"bad_positions": int((~good).sum()), "null_island": int(null.sum())}
    notices = [Notice(code, {what: count}) for code, count in dropped.items() if count]
    return lon.values, lat.values, good & ~null, [*notices, *_counted({"decimal_commas": lon.commas + lat.commas})]


def _accuracy_m(rows: Columns, creator: str | None) -> tuple[Floats, NDArray[np.bool_]]:
    """Accuracy in metres where it was measured or can be estimated, and where it is an estimate."""
    stated = believable(numbers(rows["accuracy"]).values, SMALLEST, MAX_ACCURACY_M)
    in_metres = (creator or "").strip().lower().startswith(CREATORS_WITH_METRES)
    hdop_m = numbers(rows["hdop"]).values * (1.0 if in_metres else METRES_PER_HDOP)
    from_hdop = believable(hdop_m, SMALLEST, MAX_ACCURACY_M)
    missing = np.isnan(stated)
    estimated = missing & ~np.isnan(from_hdop) & (not in_metres)
    return np.where(missing, from_hdop, stated), estimated


def _counted(counts: dict[str, int]) -> list[Notice]:
    return [Notice(code, {"count": count}) for code, count in counts.items() if count]


def _merged(notices: Sequence[Notice]) -> list[Notice]:
    """One notice per code, its counts added up."""
    totals: dict[str, dict[str, int]] = {}
    for notice in notices:
        details = totals.setdefault(notice.code, {})
        for key, count in notice.details.items():
            details[key] = details.get(key, 0) + count
    return [Notice(code, details) for code, details in totals.items()]
