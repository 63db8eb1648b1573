"""feed_info.txt and attributions.txt: who says all this, and from when to when it holds."""

from __future__ import annotations

from gtfs_export.records import PublishedNetwork, Publisher
from gtfs_export.spec import Table, make_table
from gtfs_export.tables.calendar import end_date
from gtfs_export.texts import Texts


def build_feed_info(network: PublishedNetwork, publisher: Publisher) -> Table:
    """The feed's one row; its version is the release's first day and number."""
    record = {
        "feed_publisher_name": publisher.name,
        "feed_publisher_url": publisher.url,
        "feed_lang": network.language,
        "feed_start_date": f"{network.valid_from:%Y%m%d}",
        "feed_end_date": end_date(network),
        "feed_version": f"{network.valid_from:%Y.%m.%d}-{network.release_number}",
        "feed_contact_url": publisher.url,
    }
    return make_table("feed_info.txt", [record])


def build_attributions(network: PublishedNetwork, publisher: Publisher, texts: Texts) -> Table:
    """The publisher, the riders who collected the data, and whoever mapped the streets on which shapes may lie."""
    producers = [
        (publisher.name, publisher.url),
        (texts.say("riders", city=network.city_name), ""),
        *([(network.street_credit, "")] if network.street_credit else []),
    ]
    return make_table(
        "attributions.txt",
        (
            {"attribution_id": f"A{number}", "organization_name": name, "is_producer": "1", "attribution_url": url}
            for number, (name, url) in enumerate(producers, start=1)
        ),
    )
