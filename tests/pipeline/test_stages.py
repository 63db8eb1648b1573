"""Processing: what is pending and nothing else, the same result however often, by however many, and cut off or not."""

from __future__ import annotations

import threading
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection

from mapping_service import stages
from mapping_service.cities import new_city
from mapping_service.jobs import pending_cities
from mapping_service.parameters import Parameters
from mapping_service.records import City, NetworkDraft
from mapping_service.stages import clean_trace, place, read_submission
from mapping_service.store import intake, networks, runs
from tests.pipeline.town import SLUG, Town, survey


class Killed(BaseException):
    """Stands for a process that ends at this line."""


@pytest.fixture
def sent(town: Town) -> Town:
    """A town whose survey has come in and waits."""
    town.send_all(survey())
    return town


def read_and_clean(town: Town) -> None:
    """Go as far as a process that is killed just before it infers."""
    with town.engine.connect() as connection:
        waiting = intake.unread(connection, town.city.city_id)
    for submission_id in waiting:
        read_submission(town.url, SLUG, Parameters(), submission_id)
    with town.engine.begin() as connection:
        place(connection, town.city, Parameters())
        uncleaned = runs.uncleaned(connection, town.city.city_id)
    for submission_id in uncleaned:
        clean_trace(town.url, Parameters(), submission_id)


def test_processing_reads_cleans_and_infers_all_that_came(sent: Town) -> None:
    report = sent.process()
    assert (report.read, report.cleaned, report.inferred) == (len(survey()), len(survey()), True)
    assert report.routes == 2 and report.patterns == 4 and report.stops > 10


def test_processing_again_does_nothing(sent: Town) -> None:
    first = sent.process()
    before, digest = sent.row_counts(), sent.digest("candidate")
    second = sent.process()
    assert (second.read, second.cleaned, second.inferred) == (0, 0, False)
    assert (second.routes, second.patterns, second.stops) == (first.routes, first.patterns, first.stops)
    assert sent.row_counts() == before and sent.digest("candidate") == digest


def test_a_city_without_rides_can_be_processed(town: Town) -> None:
    report = town.process()
    assert (report.read, report.cleaned, report.inferred, report.routes) == (0, 0, False, 0)


def test_a_city_without_rides_is_not_pending(town: Town) -> None:
    assert pending_cities(town.engine) == []


def test_a_city_whose_only_file_is_unusable_is_not_pending_for_ever(town: Town) -> None:
    town.send("prose.gpx", b"The matatu left at seven.")
    assert pending_cities(town.engine) == [SLUG]
    town.process()
    assert pending_cities(town.engine) == []


def test_what_comes_in_makes_its_city_pending_until_it_is_processed(sent: Town) -> None:
    new_city(sent.engine, "quay", "Quay", "Africa/Nairobi", "KES", "en")
    assert SLUG in pending_cities(sent.engine)
    sent.process()
    assert SLUG not in pending_cities(sent.engine)


def test_a_city_that_was_cut_off_between_cleaning_and_inferring_is_found_again(sent: Town) -> None:
    read_and_clean(sent)
    assert SLUG in pending_cities(sent.engine)
    report = sent.process()
    assert (report.read, report.cleaned, report.inferred) == (0, 0, True)
    assert SLUG not in pending_cities(sent.engine)


@pytest.mark.parametrize("step", ["read_submission", "place", "clean_trace", "settle_twins", "infer"])
def test_cut_off_in_any_step_and_taken_up_again_gives_the_same(
    sent: Town, released_town: Town, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The process dies in the third call of a step that is called often, in the first of one that is called once."""
    calls = 0
    whole = getattr(stages, step)

    def cut_off(*args: object) -> object:
        nonlocal calls
        calls += 1
        done = whole(*args)
        if calls == (3 if step in ("read_submission", "clean_trace") else 1):
            raise Killed
        return done

    monkeypatch.setattr(stages, step, cut_off)
    with pytest.raises(Killed):
        sent.process()
    monkeypatch.setattr(stages, step, whole)
    sent.process()
    sent.accept()
    assert sent.digest("accepted") == released_town.digest("accepted")


def test_a_half_written_network_is_never_seen(sent: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    sent.process()
    before = sent.digest("candidate")
    sent.send("new.gpx", survey(routes=3)[-1].gpx)
    save = networks.save_candidates

    def cut_off(
        connection: Connection, city: City, draft: NetworkDraft, fingerprint: str, covered: Collection[str]
    ) -> None:
        save(connection, city, draft, fingerprint, covered)
        raise Killed

    monkeypatch.setattr(networks, "save_candidates", cut_off)
    with pytest.raises(Killed):
        sent.process()
    assert sent.digest("candidate") == before


def test_two_processes_give_what_one_gives(sent: Town, released_town: Town) -> None:
    sent.process(jobs=2)
    sent.accept()
    assert sent.digest("accepted") == released_town.digest("accepted")


def test_two_that_process_one_city_at_once_end_with_one_right_network(sent: Town, released_town: Town) -> None:
    start = threading.Barrier(2)

    def process() -> int:
        start.wait()
        return sent.process().routes

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(process), pool.submit(process)
        assert 2 in (first.result(), second.result())
    assert not sent.process().inferred
    assert set(sent.statuses().values()) == {("accepted", None)}
    assert sent.row_counts()["run"] == len(survey())
    sent.accept()
    assert sent.digest("accepted") == released_town.digest("accepted")


def test_a_new_ride_changes_the_candidates_and_nothing_that_was_accepted(sent: Town) -> None:
    rides = survey(routes=3)
    sent.process()
    sent.accept()
    candidate, accepted = sent.digest("candidate"), sent.digest("accepted")
    sent.send("another.gpx", next(ride.gpx for ride in rides if ride.gpx not in {one.gpx for one in survey()}))
    assert sent.process().inferred
    assert sent.digest("candidate") != candidate
    assert sent.digest("accepted") == accepted


def test_another_parameter_makes_the_candidates_anew(sent: Town) -> None:
    sent.process()
    changed = Parameters(group_cut=0.41)
    report = stages.process_city(sent.url, SLUG, changed, jobs=1, progress=lambda *_: None)
    assert report.inferred
    assert not stages.process_city(sent.url, SLUG, changed, jobs=1, progress=lambda *_: None).inferred


def test_progress_tells_each_step_to_its_end(sent: Town) -> None:
    told: dict[str, tuple[int, int]] = {}

    def tick(step: str, done: int, total: int) -> None:
        told[step] = (done, total)

    stages.process_city(sent.url, SLUG, Parameters(), jobs=1, progress=tick)
    assert list(told) == ["read", "clean", "infer"]
    assert all(done == total for done, total in told.values())
