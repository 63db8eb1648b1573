"""Filled forms on their way through the worker: read, read again, edited, taken back, released."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, text

from mapping_service.instances import Accepted, accept_instance, delete_instance
from mapping_service.intake import interpret
from mapping_service.parameters import Parameters
from mapping_service.records import City, Document, Sender, ServicePointDraft, Told
from mapping_service.stages import read_submission
from mapping_service.store.engine import run
from mapping_service.store.forms import publish, set_state
from mapping_service.store.people import add_key, sender
from tests.openrosa import filled as forms
from tests.openrosa.conftest import form
from tests.pipeline.town import Town

filled = partial(forms.filled, form="own")


class Desk:
    """A collector of a town who sends forms, and the worker who reads them."""

    def __init__(self, town: Town) -> None:
        self.engine: Engine = town.engine
        self.url = town.url
        with self.engine.begin() as connection:
            publish(connection, town.city.city_id, form("own"), {}, builtin=False)
            self.sender: Sender = sender(connection, add_key(connection, town.city.city_id, "kofi"))

    def send(self, xml: bytes, **files: bytes) -> Accepted:
        """Send a form with some files, and read all that waits."""
        accepted = accept_instance(self.engine, self.sender, xml, {f"{name}.jpg": data for name, data in files.items()})
        self.read()
        return accepted

    def read(self) -> None:
        """Do what the worker does with what it finds."""
        for (submission_id,) in self.ask("SELECT submission_id FROM submission WHERE status = 'received'"):
            read_submission(self.url, self.sender.slug, Parameters(), submission_id)

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """The rows that a question gives."""
        with self.engine.connect() as connection:
            return [tuple(one) for one in connection.execute(text(question))]

    def states(self) -> list[tuple[Any, ...]]:
        """Status and reason of each submission, in the order in which they came."""
        return self.ask("SELECT status::text, reason_code FROM submission ORDER BY submission_id")

    def release(self, submission_id: int) -> None:
        """A person says that a submission is good."""
        with self.engine.begin() as connection:
            run(connection, "intake.mark_released", {"city_id": self.sender.city_id, "submission_id": submission_id})
        self.read()


@pytest.fixture
def desk(town: Town) -> Desk:
    """A desk in an empty town."""
    return Desk(town)


@pytest.fixture
def told_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every form tells of one service point, named by its answer."""
    def tell(document: Document, city: City) -> Told:
        name = document.data.split(b"<place>")[1].split(b"<")[0].decode()
        return Told(service_points=[ServicePointDraft("toilet", name, 36.8, -1.3, None, {}, 1)])

    monkeypatch.setattr(interpret, "_READERS", {"instance": tell})


def test_what_was_answered_is_kept_by_question(desk: Desk) -> None:
    desk.send(filled("uuid:1", "Harbour", files=["a.jpg"]))
    assert desk.ask("SELECT answers ->> 'place' FROM instance") == [("Harbour",)]
    assert desk.states() == [("accepted", None)]


def test_a_form_that_is_read_again_says_the_same_once(desk: Desk, told_points: None) -> None:
    """A photo that comes later has its form read again; what it said stands there already."""
    for _ in range(2):
        desk.send(filled("uuid:1", "Mill", files=["a.jpg"]))
    assert desk.send(filled("uuid:1", "Mill", files=["a.jpg"]), a=b"photo").state == "more_files"
    assert desk.ask("SELECT name FROM service_point") == [("Mill",)] and desk.states() == [("accepted", None)]


def test_an_edit_takes_the_place_of_what_it_edits(desk: Desk, told_points: None) -> None:
    desk.send(filled("uuid:1", "Mill"))
    desk.send(filled("uuid:2", "Mill Road", replaces="uuid:1"))
    assert desk.ask("SELECT name FROM service_point") == [("Mill Road",)]
    assert desk.states() == [("duplicate", "edited"), ("accepted", None)]


def test_an_edit_that_was_kept_aside_does_so_once_it_is_released(desk: Desk, told_points: None) -> None:
    desk.send(filled("uuid:1", "Mill"))
    with desk.engine.begin() as connection:
        set_state(connection, desk.sender.city_id, "own", "closed")
    late = desk.send(filled("uuid:2", "Mill Road", replaces="uuid:1"))
    assert desk.states() == [("accepted", None), ("quarantined", "form_closed")]
    desk.release(late.submission_id)
    assert desk.states() == [("duplicate", "edited"), ("accepted", None)]
    assert desk.ask("SELECT name FROM service_point") == [("Mill Road",)]


def test_what_is_taken_back_says_nothing_any_more(desk: Desk, told_points: None) -> None:
    desk.send(filled("uuid:1", "Mill"))
    delete_instance(desk.engine, desk.sender, "own", "uuid:1")
    desk.read()
    assert desk.ask("SELECT name FROM service_point") == [] and desk.states() == [("quarantined", "deleted")]


def test_files_that_come_late_do_not_bring_back_what_was_edited(desk: Desk) -> None:
    desk.send(filled("uuid:1", files=["a.jpg"]))
    desk.send(filled("uuid:2", replaces="uuid:1"))
    desk.send(filled("uuid:1", files=["a.jpg"]), a=b"photo")
    assert desk.states() == [("duplicate", "edited"), ("accepted", None)]
