"""What a person settles about a city is checked before anything is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mapping_service.cities import new_city, publisher
from mapping_service.config import load_config
from mapping_service.errors import Conflict, Forbidden, NotFound, Problem, Unauthorised
from mapping_service.records import City
from mapping_service.store.cities import get_city, list_cities
from mapping_service.store.networks import get_release
from mapping_service.store.people import add_key, sender
from tests.pipeline.town import SLUG, Town

GOOD = {"slug": "quay", "name": "Quay", "timezone": "Africa/Nairobi", "currency": "KES", "language": "en"}


def make(town: Town, words: Path | None = None, **over: str) -> City:
    """Create the quay beside the pier, with something else in the place of what is good."""
    said = {**GOOD, **over}
    return new_city(
        town.engine, said["slug"], said["name"], said["timezone"], said["currency"], said["language"], words
    )


@pytest.mark.parametrize("wrong, code", [
    ({"slug": "Quay"}, "bad_slug"),
    ({"slug": "-quay"}, "bad_slug"),
    ({"slug": "q" * 64}, "bad_slug"),
    ({"slug": "quay\n"}, "bad_slug"),
    ({"slug": "api"}, "bad_slug"),
    ({"timezone": "Africa/Nowhere"}, "bad_timezone"),
    ({"timezone": "../../etc/passwd"}, "bad_timezone"),
    ({"timezone": ""}, "bad_timezone"),
    ({"currency": "kes"}, "bad_currency"),
    ({"currency": "SHILLING"}, "bad_currency"),
    ({"language": "klingonese"}, "bad_language"),
    ({"language": ""}, "bad_language"),
])
def test_what_cannot_be_is_refused_and_nothing_is_made(town: Town, wrong: dict[str, str], code: str) -> None:
    with pytest.raises(Problem) as caught:
        make(town, None, **wrong)
    assert caught.value.code == code
    assert caught.value.sentence.endswith(".")
    with town.engine.connect() as connection:
        assert [city.slug for city in list_cities(connection)] == [SLUG]


@pytest.mark.parametrize("written, code", [("[1]", "bad_words"), ("not json", "bad_words")])
def test_a_word_list_must_be_an_object(town: Town, tmp_path: Path, written: str, code: str) -> None:
    (tmp_path / "words.json").write_text(written, "utf-8")
    with pytest.raises(Problem) as caught:
        make(town, tmp_path / "words.json")
    assert caught.value.code == code


def test_a_word_list_stays_with_its_city(town: Town, tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text(json.dumps({"stop": ["jetty"]}), "utf-8")
    made = make(town, tmp_path / "words.json")
    assert dict(made.words) == {"stop": ["jetty"]}


def test_a_slug_is_taken_once(town: Town) -> None:
    with pytest.raises(Conflict) as caught:
        make(town, slug=SLUG)
    assert caught.value.code == "city_exists"


def test_a_key_opens_its_own_city_and_no_other(town: Town) -> None:
    with town.engine.begin() as connection:
        token = add_key(connection, town.city.city_id, "amina")
        again = add_key(connection, town.city.city_id, "amina", role="manager", label="the blue phone")
        owner, the_same = sender(connection, token), sender(connection, again)
        assert (owner.slug, owner.pseudonym, owner.role, the_same.role) == (SLUG, "amina", "collector", "manager")
        assert owner.contributor_id == the_same.contributor_id and owner.token_id != the_same.token_id
        with pytest.raises(Unauthorised):
            sender(connection, token[:-1])
        with pytest.raises(Forbidden):
            sender(connection, token[::-1])
    assert token.encode() not in b"".join(bytes(one) for one in town.ask("SELECT token_sha256 FROM token"))
    assert len(town.ask("SELECT 1 FROM contributor")) == 1


def test_a_city_that_is_not_there_is_named(town: Town) -> None:
    with town.engine.connect() as connection, pytest.raises(NotFound) as caught:
        get_city(connection, "nowhere")
    assert caught.value.code == "city_not_found" and "nowhere" in caught.value.sentence


def test_a_release_is_found_by_its_number_or_as_the_newest(released_town: Town) -> None:
    with released_town.engine.connect() as connection:
        newest = get_release(connection, released_town.city, None)
        assert get_release(connection, released_town.city, 1) == newest
        with pytest.raises(NotFound) as caught:
            get_release(connection, released_town.city, 2)
    assert caught.value.code == "release_not_found"


def test_the_publisher_is_the_installation_and_the_city(town: Town) -> None:
    found = publisher(load_config({"COMMONWAY_BASE_URL": "https://maps.example"}), town.city)
    assert (found.name, found.url) == ("Commonway Pier", f"https://maps.example/{SLUG}")
