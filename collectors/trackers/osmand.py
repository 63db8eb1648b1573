"""OsmAnd's online tracking: one GET for each point, by an address that the rider's app fills in.

Units, from OsmAnd's LiveSender: time in milliseconds of the phone's clock, ``hdop`` is ``Location.getAccuracy()`` and
so **metres**, speed m/s, altitude m, battery %.
"""

from __future__ import annotations

from collectors.trackers.points import Batch, Gathered, fields_of, first, number, when_ms

TIME_NAMES = ("timestamp", "time")


def read_osmand(query: str, device: str, data: bytes, received_s: float) -> Batch:
    """Read one request; without a time it counts for when it came."""
    sent = fields_of(query, data)
    stated = first(sent, TIME_NAMES)
    found = Gathered(received_s)
    found.add(
        when_ms(stated) if stated is not None else received_s * 1000,
        first(sent, ("lon", "lng", "longitude")),
        first(sent, ("lat", "latitude")),
        accuracy_m=number(first(sent, ("hdop", "accuracy", "acc"))),
        speed_mps=number(first(sent, ("speed", "spd"))),
        ele_m=number(first(sent, ("altitude", "alt", "ele"))),
    )
    battery = number(first(sent, ("batt", "battery")))
    return Batch(
        first(sent, ("id", "deviceid", "device")) or device, found.points,
        battery=None if battery is None or not 0 <= battery <= 100 else battery / 100, problem=found.problem(),
    )
