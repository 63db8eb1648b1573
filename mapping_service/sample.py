"""The sample city of a fresh installation: invented streets, rides of the simulator, labelled synthetic everywhere."""

from __future__ import annotations

import os

from collectors.hints import file_stem
from collectors.simulator import Hint, sample_survey, sample_town
from collectors.simulator.street_map import street_map
from mapping_service.cities import new_city, publisher
from mapping_service.config import load_config
from mapping_service.issue import issue, publish
from mapping_service.parameters import Parameters
from mapping_service.publish import accept, today
from mapping_service.receive import receive
from mapping_service.records import Claim
from mapping_service.sample_feed import settle
from mapping_service.stages import process_city
from mapping_service.store.cities import get_city, list_cities
from mapping_service.store.engine import engine_for
from mapping_service.store.intake import save_claims
from mapping_service.store.networks import last_release
from mapping_service.store.streets import get_network, save_streets
from mapping_service.street_records import StreetReading
from mapping_service.streets import digest

SLUG = "mavuno"
SEED = 20


def make_sample(url: str) -> None:
    """Make the sample city where the database has no city yet, or finish making it where that was cut short."""
    engine = engine_for(url)
    with engine.connect() as connection:
        cities = list_cities(connection)
        done = any(last_release(connection, city.city_id) for city in cities if city.slug == SLUG)
    if done or (cities and not any(city.slug == SLUG and city.synthetic for city in cities)):
        return
    if not cities:
        new_city(engine, SLUG, "Mavuno", "Africa/Nairobi", "KES", "en", synthetic=True)
    _send(url)
    _map_streets(url)
    process_city(url, SLUG, Parameters(), jobs=1, progress=lambda *_: None)
    with engine.begin() as connection:
        city = get_city(connection, SLUG)
        accept(connection, city, min_confidence=0.0, actor="sample")
        settle(connection, city, SEED)
        named = publisher(load_config(os.environ), city)
        note = "Sample made by the ride simulator"
        made = issue(connection, city, named, note=note, valid_from=None, day=today(city), actor="sample")
        if not made.published:  # validators take no address such as http://localhost, and here it is good enough
            publish(connection, city, made.release, actor="sample", because="It is invented, and for trying out.")


def _send(url: str) -> None:
    """Send the simulated survey the way any survey comes in."""
    engine = engine_for(url)
    with engine.connect() as connection:
        city = get_city(connection, SLUG)
    for ride in sample_survey(SEED):
        receive(engine, city, ride.file_name, ride.gpx)
        with engine.begin() as connection:
            save_claims(connection, city.city_id, {file_stem(ride.file_name): _claim(ride.hint)})


def _claim(hint: Hint) -> Claim:
    return Claim(hint.line, hint.direction, hint.label_as_typed, hint.peak == "1", hint.surveyor)


def _map_streets(url: str) -> None:
    """Give the city its invented streets, unless it has them."""
    with engine_for(url).begin() as connection:
        city = get_city(connection, SLUG)
        if get_network(connection, city.city_id) is not None:
            return
        streets = street_map(sample_town(SEED))
        reading = StreetReading(streets, "mavuno", digest(streets), None, "Invented streets of Mavuno", ())
        save_streets(connection, city.city_id, reading)
