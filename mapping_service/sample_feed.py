"""What a person would settle about the feed of the sample city: as invented as its streets."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection

from collectors.simulator import sample_town
from collectors.simulator.mavuno import CENTRE
from mapping_service.agencies import add_agency, assign
from mapping_service.feed_records import BookedService, Translation
from mapping_service.records import City
from mapping_service.settings import change_settings
from mapping_service.store import agencies, booked
from mapping_service.store.engine import rows
from mapping_service.store.networks import network_id

# Names of the town in Swahili, where they are English.
IN_SWAHILI = {
    "Clinic Gate": "Lango la Kliniki", "Blue Mosque": "Msikiti wa Bluu", "Mango Tree": "Mwembe",
    "Water Tank": "Tangi la Maji", "Library": "Maktaba", "Court House": "Mahakama", "Red Gate": "Lango Jekundu",
    "Stadium Gate": "Lango la Uwanja", "Lighthouse": "Mnara wa Taa", "Bakery": "Kiwanda cha Mikate",
    "White House": "Nyumba Nyeupe", "Old Mill": "Kinu cha Zamani",
}
# The number that telephone books of software give as an example for Kenya.
PHONE = "+254 20 2012345"
HALF_SIDE_DEG = 0.02


def settle(connection: Connection, city: City, seed: int) -> None:
    """Settle the sample's accepted network: licence, brands, names in Swahili, and a night van that is called."""
    change_settings(connection, city, {"country": "KE", "licence": "CC0-1.0"})
    accepted = network_id(connection, city.city_id, "accepted")
    town = sample_town(seed)
    brand_of = {route.line: route.agency_id for route in town.routes.values()}
    routes: dict[str, list[str]] = defaultdict(list)
    for one in rows(connection, "networks.list_candidates", {"network_id": accepted}):
        if one.short_name in brand_of:
            routes[brand_of[one.short_name]].append(one.route_id)
    for brand, agency in sorted(town.agencies.items()):
        if routes[brand]:
            made = add_agency(connection, city, agency.name, cash_only=True)
            assign(connection, city, made.agency_id, routes[brand])
    said = [Translation(name, "sw", other) for name, other in IN_SWAHILI.items()]
    agencies.put_translations(connection, city.city_id, accepted, said)
    booked.put_service(connection, city.city_id, accepted, _night_van())


def _night_van() -> BookedService:
    west, south = (round(value - HALF_SIDE_DEG, 6) for value in CENTRE)
    east, north = (round(value + HALF_SIDE_DEG, 6) for value in CENTRE)
    area = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return BookedService(
        "", "Mavuno Night Van (invented)", None, (area,), PHONE, None, ("weekday", "saturday", "sunday"),
        start_s=20 * 3600, end_s=26 * 3600, notice_min=30, notice_days=None, book_until_s=None,
    )
