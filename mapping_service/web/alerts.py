"""Alerts as people see them: on the public pages, and where managers write and end them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mapping_service.alerts import CAUSES, EFFECTS, LONGEST_DESCRIPTION, LONGEST_HEADER, add_alert, end_alert
from mapping_service.errors import Problem
from mapping_service.live_records import Alert
from mapping_service.store import alerts, published
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.web.database import connection
from mapping_service.web.keys import manager
from mapping_service.web.language import LANGUAGES, Words, choose, own_name, words
from mapping_service.web.team import blueprint as team

BOOK = "alerts"
Names = dict[tuple[str, str], str | None]


@dataclass(frozen=True)
class About:
    """A route or stop that an alert is about; ``path`` is ``None`` where the newest release does not have it."""

    name: str
    path: str | None


@dataclass(frozen=True)
class Shown:
    """An alert in the words of a page: when it holds, and what it is about."""

    alert: Alert
    when: str
    about: Sequence[About]


def told(slug: str, timezone: str, w: Words, about: Iterable[tuple[str, str]] | None = None) -> list[Shown]:
    """Return the alerts of a city that have not ended: those for the whole city, and those about one of some things.

    ``about`` are pairs of ``route`` or ``stop`` and an id; ``None``: whatever they are about.
    """
    wanted = None if about is None else set(about)
    found = [one for one in alerts.listed(connection(), slug, datetime.now(UTC)) if _concerns(one, wanted)]
    routes, stops = {i for one in found for i in one.route_ids}, {i for one in found for i in one.stop_ids}
    names = alerts.known(connection(), slug, routes, stops) if routes or stops else {}
    return [Shown(one, _when(one, timezone, w), _abouts(slug, one, names)) for one in found]


def _abouts(slug: str, alert: Alert, names: Names) -> Sequence[About]:
    """What an alert is about as the newest release has it: of an id that was given up, what follows it."""
    pairs = _pairs(alert)
    return [_about(slug, *pair, names) for pair in [one for one in pairs if one in names] or pairs]


def _pairs(alert: Alert) -> list[tuple[str, str]]:
    return [("route", one) for one in alert.route_ids] + [("stop", one) for one in alert.stop_ids]


def _concerns(alert: Alert, wanted: set[tuple[str, str]] | None) -> bool:
    pairs = _pairs(alert)
    return wanted is None or not pairs or not wanted.isdisjoint(pairs)


def _about(slug: str, kind: str, public_id: str, names: Names) -> About:
    values: dict[str, Any] = {"city": slug, f"{kind}_id": public_id}
    path = url_for(f"pages.{kind}", **values) if (kind, public_id) in names else None
    return About(names.get((kind, public_id)) or public_id, path)


def _when(alert: Alert, timezone: str, w: Words) -> str:
    local = [at and at.astimezone(ZoneInfo(timezone)) for at in (alert.starts_at, alert.ends_at)]
    start, end = (at and f"{w.date(at.date())}, {at:%H:%M}" for at in local)
    return w("when.open", start=start) if end is None else w("when.closed", start=start, end=end)


@team.get("/alerts")
def list_alerts(city: str, problem: Problem | None = None) -> str:
    """Show the alerts that have not ended, and a form for another; ``?route=`` and ``?stop=`` fill it in."""
    place = get_city(connection(), city)
    sender = manager(city)
    newest = published.newest(connection(), published.get_city(connection(), city))
    routes = published.list_routes(connection(), newest.network_id) if newest else []
    a = words(place.language, BOOK)
    return render_template(
        "team_alerts.html", city=place, sender=sender, here="alerts", problem=problem, w=words(place.language, "team"),
        a=a, alerts=told(city, place.timezone, a), routes=routes,
        causes=list(CAUSES), effects=list(EFFECTS), longest=LONGEST_HEADER, longest_text=LONGEST_DESCRIPTION,
        said=request.form or request.args, chosen=(request.form or request.args).getlist("route"),
        tongues={one: own_name(one) for one in LANGUAGES}, tongue=choose(place.language),
    )


@team.post("/alerts")
def write_alert(city: str) -> AnyResponse | tuple[str, int]:
    """Keep the alert that a manager writes, or say on the same page why that cannot be."""
    place = get_city(connection(), city)
    sender = manager(city)
    said = {
        name: request.form.get(name, "")
        for name in ("header", "effect", "cause", "description", "url", "language", "starts", "ends")
    }
    try:
        with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
            add_alert(
                writing, place, actor=sender.pseudonym, now=datetime.now(UTC), **said,
                route_ids=request.form.getlist("route"), stop_ids=request.form.get("stop", "").split(","),
            )
    except Problem as problem:
        return list_alerts(city, problem=problem), problem.status
    return redirect(url_for("team.list_alerts", city=city), 303)


@team.post("/alerts/<int:number>/end")
def finish_alert(city: str, number: int) -> AnyResponse:
    """End an alert. Raises ``NotFound`` ``alert_unknown``."""
    place = get_city(connection(), city)
    sender = manager(city)
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        end_alert(writing, place, number, actor=sender.pseudonym, now=datetime.now(UTC))
    return redirect(url_for("team.list_alerts", city=city), 303)
