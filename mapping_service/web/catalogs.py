"""Ready records of a city's feed for the catalogues of Transitland and of the Mobility Database."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from mapping_service.catalogs import FeedAbout, dmfr, mobility_database
from mapping_service.cities import publisher
from mapping_service.errors import Conflict
from mapping_service.publish import today
from mapping_service.store import published, releases
from mapping_service.store.agencies import list_agencies
from mapping_service.store.cities import get_city
from mapping_service.store.settings import get_settings
from mapping_service.web.api import dumps
from mapping_service.web.database import config, connection

blueprint = Blueprint("catalogs", __name__)


@blueprint.get("/<city>/dmfr.json")
def transitland(city: str) -> Response:
    """Send the city's feeds as a file of the Distributed Mobility Feed Registry."""
    return _send(dmfr(_about(city)))


@blueprint.get("/<city>/mobility-database.json")
def mobility(city: str) -> Response:
    """Send the city's feed as a record of the Mobility Database, which wants to know the country."""
    about = _about(city)
    if about.settings.country is None:
        sentence = f"Nobody has said in which country this is: commonway city set {city} --country XX."
        raise Conflict("country_unknown", sentence, city=city)
    return _send(mobility_database(about, today(get_city(connection(), city))))


def _about(city: str) -> FeedAbout:
    newest = published.get_newest(connection(), city)
    (version,) = releases.list_versions(connection(), city, number=newest.release.number)
    place = get_city(connection(), city)
    settings = get_settings(connection(), place.city_id)
    named = publisher(config(), place)
    fares = any(one.fare for one in published.list_routes(connection(), newest.network_id))
    assert newest.release.published_at is not None
    return FeedAbout(
        city=place.name, page=named.url, language=place.language, synthetic=place.synthetic,
        publisher=settings.publisher_name or named.name, settings=settings,
        agencies=[agency for agency, _ in list_agencies(connection(), newest.network_id)], bbox=newest.release.bbox,
        features=["fares-v1", "fares-v2"] if fares else [], published_at=newest.release.published_at,
        until=newest.release.valid_until, credit=version.credit,
    )


def _send(record: dict[str, Any]) -> Response:
    response = Response(dumps(record), mimetype="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
