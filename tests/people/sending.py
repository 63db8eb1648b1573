"""What people send in these tests, each as somebody."""

from __future__ import annotations

from mapping_service.receive import receive
from mapping_service.records import Sender
from mapping_service.store.intake import Receipt
from mapping_service.store.messages import RawMessage
from mapping_service.store.people import add_key, key_hash, sender
from mapping_service.together import put
from tests.pipeline.town import Town

OWNTRACKS = b'{"_type":"location","tst":1741500000,"lat":-1.3,"lon":36.8,"acc":5}'


def key_of(town: Town, pseudonym: str) -> str:
    """A new key of a person."""
    with town.engine.begin() as connection:
        return add_key(connection, town.city.city_id, pseudonym)


def person(town: Town, key: str) -> Sender:
    """Whose key this is."""
    with town.engine.connect() as connection:
        return sender(connection, key)


def send_as(town: Town, who: Sender, name: str, data: bytes) -> Receipt:
    """Send one file as somebody."""
    return receive(town.engine, town.city, name, data, who.contributor_id)


def track_as(town: Town, key: str, data: bytes = OWNTRACKS) -> bool:
    """Send one message of a tracker; false where the key does not hold."""
    return put(town.url, RawMessage(key_hash(key), "owntracks", "phone", "", data)) is not None
