"""A recording as GPX 1.1 text, the way a phone's logger writes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from xml.sax.saxutils import escape

import numpy as np

from collectors.simulator.network import Plane
from collectors.simulator.phone import Phone, Recording, positions_at
from mapping_service.records import Floats

CREATOR = "Commonway ride simulator"
NOTE = "Simulated: no person recorded this ride."


def gpx(recording: Recording, marks: Sequence[tuple[float, str]], phone: Phone, plane: Plane,
        departure: datetime) -> bytes:
    """The file: ``marks`` are (seconds from departure, text) as waypoints, then the fixes as one track."""
    t_s = np.array([t for t, _ in marks], dtype=np.float64)
    wpt_lonlat = plane.to_lonlat(positions_at(recording.measured, t_s)) if marks else np.zeros((0, 2))
    wpt_time = _times(t_s + recording.clock_offset_s, departure, "s")
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             f'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="{CREATOR}">',
             f"<metadata><desc>{NOTE}</desc></metadata>"]
    lines += [f'<wpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{time}</time><name>{escape(text)}</name></wpt>'
              for (lon, lat), time, (_, text) in zip(wpt_lonlat.tolist(), wpt_time, marks, strict=True)]
    lines += ["<trk>", "<trkseg>", *_track(recording, phone, plane, departure), "</trkseg>", "</trk>", "</gpx>", ""]
    return "\n".join(lines).encode()


def _track(recording: Recording, phone: Phone, plane: Plane, departure: datetime) -> Iterable[str]:
    lonlat = plane.to_lonlat(recording.xy).tolist()
    times = _times(recording.clock_s, departure, "ms" if phone.milliseconds else "s")
    hdop = [f"<hdop>{value:.1f}</hdop>" for value in recording.hdop.tolist()] if phone.hdop else [""] * len(times)
    speed = [f"<extensions><speed>{value:.2f}</speed></extensions>" for value in recording.speed_mps.tolist()] \
        if phone.speed else [""] * len(times)
    for i, new_segment in enumerate(recording.new_segment.tolist()):
        if new_segment:
            yield "</trkseg>\n<trkseg>"
        lon, lat = lonlat[i]
        yield f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{times[i]}</time>{hdop[i]}{speed[i]}</trkpt>'


def _times(seconds: Floats, departure: datetime, unit: Literal["s", "ms"]) -> list[str]:
    stamps = np.round((departure.timestamp() + seconds) * 1000).astype(np.int64).astype("datetime64[ms]")
    return [f"{text}Z" for text in np.datetime_as_string(stamps, unit=unit, casting="unsafe").tolist()]
