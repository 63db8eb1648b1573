"""agency.txt: one row that stands for all informal operators of the city."""

from __future__ import annotations

from gtfs_export.records import PublishedNetwork, Publisher
from gtfs_export.spec import Table, make_table
from gtfs_export.texts import Texts

AGENCY_ID = "informal"


def build_agency(network: PublishedNetwork, publisher: Publisher, texts: Texts) -> Table:
    """Name the agency after the city; its page is the publisher's, as informal operators have none."""
    key = "agency_synthetic" if network.synthetic else "agency"
    record = {
        "agency_id": AGENCY_ID,
        "agency_name": texts.say(key, city=network.city_name),
        "agency_url": publisher.url,
        "agency_timezone": network.timezone,
        "agency_lang": network.language,
    }
    return make_table("agency.txt", [record])
