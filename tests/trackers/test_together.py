"""Messages that come together are stored together, each once, each with its own answer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy.exc import OperationalError

from mapping_service import together
from mapping_service.errors import Unavailable
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import Kept, RawMessage
from mapping_service.store.people import revoke_key, sender
from tests.trackers.conftest import Field


def message(key: str, body: bytes, name: str | None = None) -> RawMessage:
    return RawMessage(together.key_digest(key), "page" if name else "overland", "", "", body, name)


def test_the_same_message_is_one_row_however_often_and_at_once_it_is_sent(field: Field) -> None:
    start = Barrier(16)

    def send(number: int) -> Kept | None:
        start.wait()
        return together.put(field.url, message(field.key, b"%d" % (number % 4)))

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(16)))
    assert all(answer is not None and answer.slug == field.slug for answer in answers)
    assert field.count("message") == 4


def test_two_people_may_send_the_same_bytes(field: Field) -> None:
    for key in (field.key, field.other_key, field.key):
        assert together.put(field.url, message(key, b"x")) is not None
    assert field.count("message") == 2


def test_an_unknown_or_revoked_key_stores_nothing_from_that_moment_on(field: Field) -> None:
    assert together.put(field.url, message("unknown", b"x")) is None
    assert together.put(field.url, message(field.key, b"x")) is not None
    with engine_for(field.url).begin() as connection:
        owner = sender(connection, field.key)
        revoke_key(connection, owner.city_id, owner.token_id)
    assert together.put(field.url, message(field.key, b"y")) is None
    assert field.count("message") == 1


def test_a_name_holds_for_its_first_bytes(field: Field) -> None:
    def states(*sent: RawMessage) -> list[str]:
        return [kept.state for one in sent if (kept := together.put(field.url, one))]

    assert states(message(field.key, b"x", "u/0"), message(field.key, b"x", "u/0")) == ["new", "again"]
    assert states(message(field.key, b"y", "u/0"), message(field.other_key, b"y", "u/0")) == ["conflict", "new"]
    assert field.count("message") == 2


def test_one_that_cannot_be_stored_fails_alone(field: Field) -> None:
    stranger = RawMessage(b"\0" * 32, "osmand", "", "", b"x")
    odd = RawMessage(together.key_digest(field.key), "no such kind", "", "", b"x")
    pause = Event()

    def answer(one: RawMessage) -> str:
        try:
            return "unknown" if together.put(field.url, one) is None else "kept"
        except Exception as error:
            return type(error).__name__

    committer = together._committer(engine_for(field.url))
    committer._turn.acquire()  # so that all of them wait, and are one group
    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(answer, one) for one in (message(field.key, b"1"), odd, stranger)]
        while len(committer._waiting) < 3:
            pause.wait(0.01)
        committer._turn.release()
        assert [one.result() for one in sent] == ["kept", "IntegrityError", "unknown"]
    assert field.count("message") == 1


def test_a_database_that_is_away_is_said_to_all_who_wait() -> None:
    def away(_: Sequence[RawMessage]) -> list[Kept | None]:
        raise OperationalError("", {}, Exception("gone"))

    with pytest.raises(Unavailable) as failure:
        together.Committer(away).put(message("k", b"x"))
    assert failure.value.code == "database_unavailable"


def test_a_group_is_bounded_and_everybody_gets_an_own_answer() -> None:
    sizes: list[int] = []

    def store(sent: Sequence[RawMessage]) -> list[Kept | None]:
        sizes.append(len(sent))
        return [Kept(one.data.decode(), "en", 1, "new") for one in sent]

    committer = together.Committer(store)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda k: committer.put(message("k", b"%d" % k)), range(2000)))
    assert [answer.slug for answer in answers if answer] == [str(k) for k in range(2000)]
    assert sum(sizes) == 2000 and max(sizes) <= together.MOST_MESSAGES
