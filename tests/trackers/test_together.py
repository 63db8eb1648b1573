"""Messages that come together are stored together, each once, each with its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy.exc import OperationalError

from mapping_service import together
from mapping_service.errors import Unavailable
from mapping_service.store.engine import engine_for
from mapping_service.store.messages import Kept, RawMessage, keep_messages
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


def held(store: Callable[[Sequence[RawMessage]], list[Kept | None]]) -> tuple[together.Committer, Event]:
    """A committer whose first commit takes until the event: whoever comes meanwhile is one group."""
    go = Event()

    def held_store(sent: Sequence[RawMessage]) -> list[Kept | None]:
        go.wait()
        return store(sent)

    return together.Committer(held_store), go


def wait_for(committer: together.Committer, waiting: int) -> None:
    pause = Event()
    while len(committer._waiting) < waiting:
        pause.wait(0.01)


def test_one_that_cannot_be_stored_fails_alone(field: Field) -> None:
    stranger = RawMessage(b"\0" * 32, "osmand", "", "", b"x")
    odd = RawMessage(together.key_digest(field.key), "no such kind", "", "", b"x")
    sizes: list[int] = []

    def store(sent: Sequence[RawMessage]) -> list[Kept | None]:
        sizes.append(len(sent))
        with engine_for(field.url).begin() as connection:
            return keep_messages(connection, sent)

    committer, go = held(store)

    def answer(one: RawMessage) -> str:
        try:
            return "unknown" if committer.put(one) is None else "kept"
        except Exception as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(answer, message(field.key, b"0"))]
        while not committer._busy:
            Event().wait(0.01)
        sent += [pool.submit(answer, one) for one in (message(field.key, b"1"), odd, stranger)]
        wait_for(committer, 3)
        go.set()
        assert [one.result() for one in sent] == ["kept", "kept", "IntegrityError", "unknown"]
    assert sizes == [1, 3, 1, 1, 1]
    assert field.count("message") == 2


def test_who_waits_too_long_is_told_so_and_nothing_of_theirs_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    stored: list[bytes] = []

    def store(sent: Sequence[RawMessage]) -> list[Kept | None]:
        stored.extend(one.data for one in sent)
        return [Kept("x", "en", 1, "new") for _ in sent]

    committer, go = held(store)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(committer.put, message("k", b"first"))
        while not committer._busy:
            Event().wait(0.01)
        monkeypatch.setattr(together, "LONGEST_WAIT_S", 0.05)
        with pytest.raises(Unavailable):
            committer.put(message("k", b"late"))
        go.set()
        assert first.result() is not None
    assert committer.put(message("k", b"next")) is not None
    assert stored == [b"first", b"next"]


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
