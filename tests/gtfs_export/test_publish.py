from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Connection

from gtfs_export import export_evidence, export_gtfs, export_layers, load_release
from mapping_service.errors import Conflict, NotFound, Unavailable
from tests.factories import draw_network, drawn_town, make_city, make_network, make_stop
from tests.gtfs_export.readers import PUBLISHER, Town


def test_a_release_is_read_whole(connection: Connection) -> None:
    network = load_release(connection, drawn_town(connection).slug)
    assert (network.release_number, network.valid_from, network.timezone) == (1, date(2024, 4, 1), "Africa/Nairobi")
    assert [route.route_id for route in network.routes] == ["R1", "R2"]
    assert [stop.stop_id for stop in network.patterns[2].stops] == ["S6", "S3", "S4", "S7", "S8"]
    assert [len(stop.running_times) for stop in network.patterns[0].stops] == [0, 2, 2, 2, 2]
    assert len(network.patterns[0].shape) == 5
    assert [point.kind for point in network.service_points] == ["clinic", "water"]


def test_a_day_is_the_day_of_the_city_not_of_the_database(connection: Connection) -> None:
    city_id = make_city(connection, slug="east", timezone="Pacific/Auckland")
    network_id = make_network(connection, city_id)
    draw_network(connection, city_id, network_id)
    assert load_release(connection, "east").routes[0].evidence.last_seen == date(2024, 3, 8)
    make_stop(connection, city_id, network_id, "S9", (36.8, -1.3), last_seen="2024-03-08T20:00:00Z")
    assert load_release(connection, "east").stops[-1].evidence.last_seen == date(2024, 3, 9)


def test_the_newest_release_is_read_unless_another_is_asked_for(connection: Connection) -> None:
    town = drawn_town(connection)
    make_network(connection, town.city_id, release_number=2)
    make_network(connection, town.city_id, "accepted")
    assert load_release(connection, town.slug).release_number == 2
    assert load_release(connection, town.slug, 1).release_number == 1


@pytest.mark.parametrize(("slug", "number"), [("nowhere", None), ("drawn-town", 7)])
def test_a_release_that_does_not_exist_is_said_so(connection: Connection, slug: str, number: int | None) -> None:
    drawn_town(connection)
    with pytest.raises(NotFound) as missing:
        load_release(connection, slug, number)
    assert missing.value.code == "release_not_found"
    assert missing.value.details == {"city": slug, "release": number}


def test_feed_evidence_and_layers_come_out_of_the_database(connection: Connection, tmp_path: Path) -> None:
    slug = drawn_town(connection).slug
    assert export_gtfs(connection, slug, None, tmp_path / "gtfs.zip", PUBLISHER) == []
    assert ZipFile(tmp_path / "gtfs.zip").testzip() is None
    export_evidence(connection, slug, 1, tmp_path / "evidence.csv", PUBLISHER)
    assert (tmp_path / "evidence.csv").read_text().startswith("element,id,field,value,")
    export_layers(connection, slug, 1, tmp_path / "layers.gpkg")
    assert (tmp_path / "layers.gpkg").read_bytes().startswith(b"SQLite format 3")


def test_a_feed_that_nobody_could_read_is_not_written(connection: Connection) -> None:
    town = drawn_town(connection)
    connection.exec_driver_sql("UPDATE stop SET geom = 'SRID=4326;POINT(0 0)' WHERE stop_id = 'S3'")
    out = io.BytesIO()
    with pytest.raises(Conflict):
        export_gtfs(connection, town.slug, None, out, PUBLISHER)
    assert out.getvalue() == b""


def test_an_export_leaves_nothing_behind(connection: Connection) -> None:
    town = drawn_town(connection)
    export_gtfs(connection, town.slug, None, io.BytesIO(), PUBLISHER)
    temporary = "SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind IN ('r', 'v')"
    assert connection.exec_driver_sql(temporary).scalar_one() == 0


def test_an_account_that_may_make_no_schema_hears_what_to_grant(town: Town) -> None:
    reading = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO modest"
    for statement in ("CREATE ROLE modest", reading, "SET LOCAL ROLE modest"):
        town.connection.exec_driver_sql(statement)
    with pytest.raises(Unavailable, match=r"GRANT CREATE ON DATABASE \w+ TO modest\.") as refused:
        town.feed()
    assert refused.value.code == "feed_schema_refused"
