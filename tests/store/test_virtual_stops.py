"""Virtual stops of releases in the database: minted once, kept from one release to the next."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from mapping_service.parameters import Parameters
from mapping_service.publish import release
from mapping_service.store.cities import get_city
from tests.factories import (
    SERVED,
    STOPS,
    draw_network,
    lengths_m,
    make_city,
    make_hail_stretch,
    make_network,
    make_stop,
)

DAY = date(2024, 4, 1)


def placed(connection: Connection) -> list[tuple[int, str, str]]:
    found = connection.execute(text(
        "SELECT release_number, pattern_id, stop_id FROM virtual_stop JOIN network USING (network_id)"
        " ORDER BY 1, 2, dist_m"
    ))
    return [(one.release_number, one.pattern_id, one.stop_id) for one in found]


def test_a_release_has_virtual_stops_on_hailed_stretches_and_the_next_one_keeps_them(connection: Connection) -> None:
    city_id = make_city(connection, slug="hailed")
    accepted = make_network(connection, city_id, "accepted")
    draw_network(connection, city_id, accepted)
    along_m = lengths_m([STOPS[stop_id][1] for stop_id in SERVED["P1"]])
    make_hail_stretch(connection, city_id, accepted, "P1", 0.0, along_m[1])
    city = get_city(connection, "hailed")
    release(connection, city, note=None, valid_from=None, day=DAY, p=Parameters())
    first = placed(connection)
    assert first == [(1, "P1", "V1"), (1, "P1", "V2"), (1, "P1", "V3")]
    make_stop(connection, city_id, accepted, "S9", (36.9, -1.3))
    release(connection, city, note=None, valid_from=None, day=DAY, p=Parameters())
    assert placed(connection)[3:] == [(2, pattern_id, stop_id) for _, pattern_id, stop_id in first]


def test_a_city_without_hailed_stretches_has_no_virtual_stops(connection: Connection) -> None:
    city_id = make_city(connection, slug="plain")
    draw_network(connection, city_id, make_network(connection, city_id, "accepted"))
    release(connection, get_city(connection, "plain"), note=None, valid_from=None, day=DAY, p=Parameters())
    assert placed(connection) == []
