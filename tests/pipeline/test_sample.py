"""The sample city comes to an empty installation by itself, once, and never to one in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, text

from mapping_service import sample
from mapping_service.sample import make_sample
from mapping_service.sample_feed import settle
from mapping_service.store.agencies import list_agencies
from mapping_service.store.booked import list_services
from mapping_service.store.cities import get_city, list_cities
from mapping_service.store.engine import engine_for
from mapping_service.store.settings import get_settings
from tests.factories import draw_network, drawn_town, make_network
from tests.pipeline.town import Town, survey

RELEASES = text("SELECT count(*) FROM network WHERE kind = 'release'")


@pytest.fixture
def engine(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An empty installation, and a sample of a dozen rides in the place of the whole survey."""
    monkeypatch.setattr(sample, "sample_survey", lambda seed: survey())
    yield engine_for(database)
    engine_for(database).dispose()


def releases(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(RELEASES).scalar_one())


def test_an_empty_installation_gets_the_sample_and_it_is_called_synthetic(engine: Engine, database: str) -> None:
    make_sample(database)
    with engine.connect() as connection:
        (city,) = list_cities(connection)
        names = connection.execute(text("SELECT count(short_name) FROM route")).scalar_one()
    assert (city.slug, city.synthetic) == (sample.SLUG, True)
    assert names and releases(engine) == 1


def test_the_sample_has_brands_names_in_swahili_and_a_van_to_call(connection: Connection) -> None:
    """Lines 1 and 2 of the town are run by one brand."""
    drawn = drawn_town(connection)
    accepted = make_network(connection, drawn.city_id, "accepted")
    draw_network(connection, drawn.city_id, accepted)
    settle(connection, get_city(connection, drawn.slug), sample.SEED)
    ((brand, routes),) = list_agencies(connection, accepted)
    assert (brand.agency_id, brand.name, routes) == ("A1", "Ziwa Shuttle (invented)", ["R1", "R2"])
    (van,) = list_services(connection, accepted)
    assert (van.booked_id, van.notice_min) == ("B1", 30) and float(van.km2) > 1
    assert get_settings(connection, drawn.city_id).licence == "CC0-1.0"


def test_the_sample_is_made_once(engine: Engine, database: str) -> None:
    make_sample(database)
    make_sample(database)
    assert releases(engine) == 1


def test_a_sample_that_was_cut_short_is_finished(
    engine: Engine, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sample, "process_city", cut_off)
        with pytest.raises(KeyboardInterrupt):
            make_sample(database)
    assert releases(engine) == 0
    make_sample(database)
    assert releases(engine) == 1


def test_an_installation_with_a_city_gets_no_sample(town: Town) -> None:
    make_sample(town.url)
    with town.engine.connect() as connection:
        assert [city.slug for city in list_cities(connection)] == [town.city.slug]


def test_a_real_city_that_took_the_name_of_the_sample_is_left_alone(town: Town) -> None:
    with town.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE city SET slug = '{sample.SLUG}'")
    make_sample(town.url)
    with town.engine.connect() as connection:
        (city,) = list_cities(connection)
    assert city == replace(city, synthetic=False, srid=None)
    assert town.ask("SELECT count(*) FROM inbox") == [0]
