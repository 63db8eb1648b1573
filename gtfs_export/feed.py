"""A release as tables of one transaction, from which every file of its feed is one SELECT (``spatial_sql/feed``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from babel.numbers import get_currency_precision, list_currencies
from sqlalchemy import Connection, Row

from gtfs_export.carried import carried_of
from gtfs_export.descriptions import Seen, describe
from gtfs_export.holidays import holidays_of
from gtfs_export.names import Label, RouteLabels, clean, route_labels
from gtfs_export.records import Publisher
from gtfs_export.texts import Texts, other_languages, sentences, texts_for
from mapping_service.errors import Conflict, NotFound, Unavailable
from mapping_service.parameters import Parameters
from mapping_service.store.engine import row
from spatial_sql.loader import feed_statements

# Under this a connection knows whose tables it holds.
_PREPARED = "prepared_feed"


@contextmanager
def prepared(
    connection: Connection, city_slug: str, release_number: int | None, publisher: Publisher
) -> Iterator[None]:
    """Make the ``feed_*`` tables of a release (the newest where ``None``); drop them at the end, whatever happens.

    Inside of another preparation of the same release its tables are used. Raises ``NotFound`` without such a release,
    ``Conflict`` where it makes no readable feed, ``Unavailable`` where the account of the database may make no schema.
    """
    found = find_release(connection, city_slug, release_number)
    release = (found.network_id, publisher)
    if connection.info.get(_PREPARED) == release:
        yield
        return
    savepoint = connection.begin_nested()
    try:
        _prepare(connection, found, publisher)
        connection.info[_PREPARED] = release
        _check(connection, found)
        yield
    finally:
        connection.info.pop(_PREPARED, None)
        # The tables, their schema and the settings of the session go with it.
        savepoint.rollback()


def find_release(connection: Connection, city_slug: str, release_number: int | None) -> Row[Any]:
    """Return a release (the newest where ``None``) with its city. Raises ``NotFound`` ``release_not_found``."""
    found = row(connection, "export.get_release", {"slug": city_slug, "release_number": release_number})
    if found is None:
        raise NotFound(
            "release_not_found",
            f"The city {city_slug} has no release{'' if release_number is None else f' {release_number}'}. "
            "Check its name and number, or make a release first.",
            city=city_slug, release=release_number,
        )
    return found


def _prepare(connection: Connection, found: Row[Any], publisher: Publisher) -> None:
    missing = connection.execute(feed_statements("checks")["missing_right"]).first()
    if missing is not None:
        raise Unavailable(
            "feed_schema_refused",
            "The account of the database may not make the tables of a feed. "
            f"Let a superuser of the database say: {missing.wanted}.",
        )
    texts, p = texts_for(found.language), Parameters()
    values = {
        "network_id": found.network_id, "text_language": texts.language, "texts": json.dumps(list(sentences())),
        "currencies": json.dumps({code: get_currency_precision(code) for code in list_currencies()}),
        "publisher_name": publisher.name, "publisher_url": publisher.url, "near_m": p.landmark_m,
        "one_place_m": p.one_place_m, "transfer_m": p.transfer_m, "change_mps": p.change_mps,
    }
    for file in ("prepare", "stop_names"):
        for statement in feed_statements(file).values():
            connection.execute(statement, values)
    naming = feed_statements("naming")
    routes = list(connection.execute(naming["list_routes"], {"network_id": found.network_id}))
    labels = route_labels(routes, texts)
    named = [_named(one, _with_chosen(one, labels[one.route_id]), texts, found.synthetic) for one in routes]
    connection.execute(naming["route"], {"routes": json.dumps(named)})
    told = [_told(one, other, found.synthetic) for one in routes for other in other_languages(found.language)]
    connection.execute(naming["route_text"], {"texts": json.dumps(told)})
    settled = {"network_id": found.network_id, "holidays": json.dumps(holidays_of(connection))}
    for file in ("fares", "settled"):
        for statement in feed_statements(file).values():
            connection.execute(statement, settled)


def _with_chosen(route: Row[Any], names: RouteLabels) -> RouteLabels:
    """Leave a name alone that a person chose."""
    if "short_name" in route.chosen:
        names = RouteLabels(Label(clean(route.short_name), "chosen"), _long(route, names))
    if "long_name" in route.chosen:
        names = RouteLabels(names.short, Label(clean(route.long_name), "chosen"))
    return names


def _long(route: Row[Any], names: RouteLabels) -> Label:
    """The long name as it is where the short one stays beside it, whatever its length."""
    return names.long if names.short.text else Label(clean(route.long_name), names.long.method, names.long.votes)


def _named(route: Row[Any], names: RouteLabels, texts: Texts, synthetic: bool) -> Mapping[str, Any]:
    return {
        **_told(route, texts, synthetic), "agency_id": route.agency_id, "short_name": names.short.text or None,
        "short_method": names.short.method, "short_votes": names.short.votes, "long_name": names.long.text or None,
        "long_method": names.long.method, "long_votes": names.long.votes, "runs": route.runs, "people": route.people,
        "first_seen": route.first_seen.isoformat(), "last_seen": route.last_seen.isoformat(),
        "confidence": route.confidence,
    }


def _told(route: Row[Any], texts: Texts, synthetic: bool) -> Mapping[str, Any]:
    """What a route's description says in one language."""
    seen = Seen(route.runs, route.people, route.last_seen, route.methods)
    description = describe(seen, texts, synthetic=synthetic)
    return {
        "route_id": route.route_id, "language": texts.language, "route_desc": description,
        "expanded_desc": f"{texts.say('expanded')} {description}",
    }


def _check(connection: Connection, found: Row[Any]) -> None:
    checks = feed_statements("checks")
    if connection.execute(checks["any_trip"]).first() is None and not carried_of(connection, found.network_id):
        raise Conflict(
            "nothing_to_publish",
            f"Release {found.release_number} of {found.city_name} has no pattern with a headway and two stops. "
            "Accept some routes and release again.",
            city=found.city_slug, release=found.release_number,
        )
    misplaced = [dict(one._mapping) for one in connection.execute(checks["misplaced"])]
    if misplaced:
        raise Conflict(
            "feed_broken",
            f"The feed of {found.city_name} would not be readable: coordinates_out_of_range, {len(misplaced)} in all. "
            "Mend the elements named in the details and make a new release.",
            notices=[{"code": "coordinates_out_of_range", **one} for one in misplaced],
        )
