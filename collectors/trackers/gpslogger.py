"""GPSLogger (mendhak) with a custom URL: one request for each point, by query, form or both.

Units, from its placeholders: ``%TIME`` ISO 8601 UTC or ``%TIMESTAMP`` seconds, ``%ACC`` m, ``%SPD`` m/s, ``%ALT`` m,
``%HDOP`` the true dilution of precision, ``%BATT`` %. Values that it does not know come blank. ``%DESC`` is a note that
the rider typed.
"""

from __future__ import annotations

from collectors.gpx import METRES_PER_HDOP
from collectors.trackers.points import ESTIMATED, Batch, Gathered, fields_of, first, note, number, scaled, when_ms

TIME_NAMES = ("time", "timestamp")


def read_gpslogger(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one request; without a time it counts for when it came."""
    sent = fields_of(query, data)
    stated = first(sent, TIME_NAMES)
    found = Gathered(received_s)
    measured_m = number(first(sent, ("acc", "accuracy")))
    point = found.add(
        when_ms(stated) if stated is not None else received_s * 1000,
        first(sent, ("lon", "longitude", "lng")),
        first(sent, ("lat", "latitude")),
        accuracy_m=measured_m or scaled(number(sent.get("hdop")), METRES_PER_HDOP),
        speed_mps=number(first(sent, ("spd", "speed"))),
        ele_m=number(first(sent, ("alt", "altitude"))),
        flags=0 if measured_m else ESTIMATED,
    )
    battery = number(first(sent, ("batt", "battery")))
    return Batch(
        first(sent, ("aid", "id", "ser")) or device, found.points, note(point, first(sent, ("desc", "annotation"))),
        battery=None if battery is None or not 0 <= battery <= 100 else battery / 100, problem=found.problem(),
    )
