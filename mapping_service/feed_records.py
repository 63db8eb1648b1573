"""What people settle about a city's feed: plain, frozen. ``None`` means that nobody said."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FeedSettings:
    """Who answers for a city's feed, and the rules that a person chose for it.

    ``licence`` is an SPDX id, ``country`` ISO 3166-1 alpha-2. ``surveyed_once`` is what becomes of routes that rest on
    a single ride: ``mark`` or ``leave_out``. ``holidays`` is ``as_usual``, or ``as_sunday`` where a person says that
    on public holidays vehicles run as on Sundays.
    """

    publisher_name: str | None
    contact_email: str | None
    contact_url: str | None
    licence: str | None
    country: str | None
    surveyed_once: str
    holidays: str


@dataclass(frozen=True)
class Agency:
    """A brand that riders know. ``phone`` is as dialled from abroad; ``cash_only`` is ``None`` where nobody said."""

    agency_id: str
    name: str
    url: str | None = None
    phone: str | None = None
    email: str | None = None
    cash_only: bool | None = None


@dataclass(frozen=True)
class ToldOperator:
    """Who runs a route as riders say: how often that was said, and by how many people."""

    name: str
    times: int
    people: int


@dataclass(frozen=True)
class Translation:
    """What a name is in another language (BCP 47)."""

    name: str
    language: str
    translation: str


@dataclass(frozen=True)
class BookedService:
    """A service that comes when it is called.

    ``area`` is a polygon: its outer ring and its holes, each closed, (lon, lat). It runs on ``day_types`` from
    ``start_s`` to ``end_s`` after local midnight. One books at ``phone``: ``notice_min`` minutes ahead, or, where that
    is ``None``, ``notice_days`` days ahead until ``book_until_s`` after midnight of that day.
    """

    booked_id: str
    name: str
    agency: str | None
    area: tuple[tuple[tuple[float, float], ...], ...]
    phone: str
    url: str | None
    day_types: tuple[str, ...]
    start_s: int
    end_s: int
    notice_min: int | None
    notice_days: int | None
    book_until_s: int | None
