"""What is told riders right now, as plain records. Times carry a zone; ids are those of the published feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Alert:
    """A notice of people who see to a city. ``ends_at`` of ``None``: until somebody ends it.

    ``cause`` and ``effect`` are keys of ``mapping_service.alerts``; header and description are written in ``language``
    (BCP 47). Without routes and stops it is about the whole city.
    """

    number: int
    cause: str
    effect: str
    header: str
    description: str | None
    url: str | None
    language: str
    starts_at: datetime
    ends_at: datetime | None
    created_by: str
    route_ids: Sequence[str] = ()
    stop_ids: Sequence[str] = ()


@dataclass(frozen=True)
class Vehicle:
    """A vehicle that passed a place of a published shape, (lon, lat), bound for ``bearing_deg`` from north.

    ``vehicle_id`` is made up for this ride alone. ``start_s`` are seconds after midnight of ``start_date``.
    """

    vehicle_id: str
    trip_id: str
    route_id: str
    direction_id: int | None
    start_date: date
    start_s: int
    lon: float
    lat: float
    bearing_deg: float
    passed_at: datetime
