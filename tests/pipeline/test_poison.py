"""One file on which our own code fails must not stop its city."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from mapping_service import stages
from mapping_service.clean.clean import clean
from mapping_service.intake.interpret import interpret
from mapping_service.records import Document, Fixes
from tests.pipeline.town import Town, survey


def test_a_file_that_cannot_be_read_is_set_aside_and_the_others_go_on(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = interpret

    def fails_on_poison(document: Document, *args: Any, **kwargs: Any) -> Any:
        if document.data == b"poison":
            raise OverflowError("cannot convert float infinity to integer")
        return whole(document, *args, **kwargs)

    monkeypatch.setattr(stages, "interpret", fails_on_poison)
    town.send("a.gpx", b"poison")
    town.send_all(survey(routes=1))
    assert town.process().routes == 1
    outcome = town.outcomes()["a.gpx"]
    assert (outcome["status"], outcome["reason_code"]) == ("quarantined", "unreadable")
    assert outcome["reason"] == {"failure": "OverflowError"}


def test_a_trace_that_cannot_be_cleaned_is_set_aside_and_not_tried_for_ever(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Fixes, *args: Any) -> Any:
        raise ValueError("x and y must have the same length")

    whole = clean
    monkeypatch.setattr(stages, "clean", fails)
    ride = survey(routes=1)[0]
    sent = town.send(ride.file_name, ride.gpx)
    town.process()
    assert town.statuses()[ride.file_name] == ("quarantined", "unreadable")
    assert town.process().cleaned == 0
    monkeypatch.setattr(stages, "clean", whole)
    assert town.let_in(sent.submission_id) == 1
    assert town.process().cleaned == 1
    assert [one.submission_id for one in town.rides()] == [sent.submission_id]


def test_a_database_that_went_away_is_not_the_files_fault(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any, **kwargs: Any) -> Any:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    town.send("a.gpx", b"<gpx/>")
    monkeypatch.setattr(stages, "interpret", gone)
    with pytest.raises(OperationalError):
        town.process()
    assert town.statuses()["a.gpx"] == ("received", None)
