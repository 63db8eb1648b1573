"""Forms and submissions of real surveys (kobocat's own, and two of the Humanitarian OpenStreetMap Team)."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from collectors.forms.build import build_upload
from mapping_service.errors import Problem
from mapping_service.forms import publish_upload
from mapping_service.instances import accept_instance
from mapping_service.parameters import Parameters
from mapping_service.records import Sender
from mapping_service.stages import read_submission
from mapping_service.store.intake import unread
from mapping_service.store.people import add_key, sender
from tests.pipeline.town import Town

FORMS = Path(__file__).parents[2].parent / "shared" / "data" / "forms"
KOBO, HOT = FORMS / "kobocat-transportation", FORMS / "hotosm-xlsforms"
pytestmark = pytest.mark.skipif(not FORMS.exists(), reason=f"The real forms are not there: {FORMS}")

# What becomes of each file: the number of its questions that a person sees, or the reason why it is refused.
UPLOADS: dict[str, int | str] = {
    "hotosm-xlsforms/healthcare.xls": 22,
    "hotosm-xlsforms/transportation.xls": 26,
    "kobocat-transportation/Transportation Form.xml": 11,
    "kobocat-transportation/transportation 2011 07 25_2013-01-09_10-52-26.xml": "form_invalid",
    "kobocat-transportation/transportation.bad_id.xls": "form_invalid",
    "kobocat-transportation/transportation.csv": "form_invalid",
    "kobocat-transportation/transportation.id_starts_with_num.xls": 12,
    "kobocat-transportation/transportation.no_choices.xls": "form_invalid",
    "kobocat-transportation/transportation.xls": 12,
    "kobocat-transportation/transportation.xml": 11,
    "kobocat-transportation/transportation2.xml": 11,
    "kobocat-transportation/transportation_empty_submission.xml": "form_invalid",
    "kobocat-transportation/transportation_encrypted.xls": "form_encrypted",
    "kobocat-transportation/transportation_updated.xls": 13,
    "kobocat-transportation/transportation_with_attachment.xls": 13,
}
INSTANCES = KOBO / "instances"
PLAIN = ("transport_2011-07-25_19-05-36", "transport_2011-07-25_19-05-49", "transport_2011-07-25_19-06-01",
         "transport_2011-07-25_19-06-14")


def instance(name: str, ending: str = "") -> bytes:
    return (INSTANCES / name / f"{name}{ending}.xml").read_bytes()


def kofi(town: Town) -> Sender:
    with town.engine.begin() as connection:
        return sender(connection, add_key(connection, town.city.city_id, "kofi"))


@pytest.fixture
def kobo(town: Town) -> Town:
    """A city that has published the two forms to which the submissions belong."""
    for name in ("transportation.xls", "transportation_with_attachment.xls"):
        publish_upload(town.engine, town.city, name, (KOBO / name).read_bytes())
    return town


def became(town: Town) -> list[tuple[str, str | None]]:
    """Read whatever waits; state and reason of each filled form in the order in which they came."""
    with town.engine.connect() as connection:
        waiting = unread(connection, town.city.city_id)
    for submission_id in waiting:
        read_submission(town.url, town.city.slug, Parameters(), submission_id)
    with town.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(
            "SELECT status::text, reason_code FROM submission WHERE kind = 'instance' ORDER BY submission_id"
        ))]


def answers(town: Town) -> list[dict[str, str]]:
    with town.engine.connect() as connection:
        return list(connection.execute(text("SELECT answers FROM instance ORDER BY submission_id")).scalars())


def test_every_file_that_could_be_a_form_is_tried() -> None:
    there = {str(path.relative_to(FORMS)) for folder in (KOBO, HOT) for path in folder.iterdir() if path.is_file()}
    assert there == set(UPLOADS)


@pytest.mark.parametrize("name", UPLOADS)
def test_a_real_form_is_built_or_refused_with_its_reason(name: str) -> None:
    wanted = UPLOADS[name]
    if isinstance(wanted, str):
        with pytest.raises(Problem) as raised:
            build_upload(name, (FORMS / name).read_bytes())
        assert raised.value.code == wanted
    else:
        form = build_upload(name, (FORMS / name).read_bytes())
        assert sum(one.label is not None for one in form.questions) == wanted


def test_forms_of_hot_are_published_with_the_lists_that_they_choose_from(town: Town) -> None:
    data = (HOT / "healthcare.xls").read_bytes()
    with pytest.raises(Problem) as raised:
        publish_upload(town.engine, town.city, "healthcare.xls", data)
    assert raised.value.code == "form_media_missing" and "health.geojson" in raised.value.sentence
    lists = {"health.geojson": b'{"type":"FeatureCollection","features":[]}', "municipality.csv": b"name,label\n",
             "towns.csv": b"name,label\n"}
    assert publish_upload(town.engine, town.city, "healthcare.xls", data, lists).form_id == "healthcare_v3"
    # Its pictures may come later: the form can be filled in without.
    transport = publish_upload(town.engine, town.city, "transportation.xls", (HOT / "transportation.xls").read_bytes())
    assert transport.media == ("odktest.png", "odktest.wav")


def test_an_updated_form_of_the_same_version_is_refused_until_it_has_a_new_one(kobo: Town) -> None:
    with pytest.raises(Problem) as raised:
        publish_upload(kobo.engine, kobo.city, "u.xls", (KOBO / "transportation_updated.xls").read_bytes())
    assert raised.value.code == "form_version_taken"


def test_real_submissions_are_accepted_with_all_their_answers(kobo: Town) -> None:
    for name in PLAIN:
        assert accept_instance(kobo.engine, kofi(kobo), instance(name), {}).state == "new"
    assert became(kobo) == 4 * [("accepted", None)]
    first, second, third, fourth = answers(kobo)
    assert first == {
        "transport/available_transportation_types_to_referral_facility": "ambulance bicycle",
        "transport/loop_over_transport_types_frequency/ambulance/frequency_to_referral_facility": "daily",
        "transport/loop_over_transport_types_frequency/bicycle/frequency_to_referral_facility": "weekly",
    }
    assert second == {"transport/available_transportation_types_to_referral_facility": "none"} and len(third) == 2
    assert fourth["transport/available_transportation_types_to_referral_facility_other"] == "camel"


def test_a_namespace_changes_no_answer_but_is_another_form_under_the_same_id(kobo: Town) -> None:
    for name in PLAIN:
        accept_instance(kobo.engine, kofi(kobo), instance(name, "_with_xmlns"), {})
    assert became(kobo) == 4 * [("accepted", None)] and len(answers(kobo)[0]) == 3
    for other in (instance(PLAIN[0]), (KOBO / "transportation 2011 07 25_2013-01-09_10-52-26.xml").read_bytes()):
        with pytest.raises(Problem) as raised:
            accept_instance(kobo.engine, kofi(kobo), other, {})
        assert raised.value.code == "instance_conflict"


@pytest.mark.parametrize("data", ["instances/transport_no_response/transport_no_response.xml",
                                  "transportation_empty_submission.xml"])
def test_a_submission_without_an_answer_is_kept_and_said_to_be_empty(kobo: Town, data: str) -> None:
    assert accept_instance(kobo.engine, kofi(kobo), (KOBO / data).read_bytes(), {}).state == "new"
    assert became(kobo) == [("quarantined", "says_nothing")]


def test_an_encrypted_submission_is_refused_and_kept_aside(kobo: Town) -> None:
    sealed = {"submission.xml.enc": (KOBO / "instances_encrypted" / "submission.xml.enc").read_bytes()}
    with pytest.raises(Problem) as raised:
        accept_instance(kobo.engine, kofi(kobo), (KOBO / "instances_encrypted" / "submission.xml").read_bytes(), sealed)
    assert raised.value.code == "encrypted" and became(kobo) == [("quarantined", "encrypted")]


def test_an_edit_takes_the_place_of_what_it_edits(kobo: Town) -> None:
    first = instance("transport_with_attachment")
    accepted = accept_instance(kobo.engine, kofi(kobo), first, {})
    assert accepted.missing == ("1335783522563.jpg",)
    photo = {"1335783522563.jpg": b"\xff\xd8 a photo"}
    assert accept_instance(kobo.engine, kofi(kobo), first, photo).missing == ()
    edit = instance("transport_with_attachment", "_edit")
    accept_instance(kobo.engine, kofi(kobo), edit, {"IMG_2235.JPG": b"\xff\xd8 another"})
    assert became(kobo) == [("duplicate", "edited"), ("accepted", None)]


def test_submissions_to_a_form_that_the_city_does_not_have_wait_for_the_manager(town: Town) -> None:
    accepted = accept_instance(town.engine, kofi(town), instance(PLAIN[0]), {})
    assert accepted.reason_code == "form_unknown" and became(town) == [("quarantined", "form_unknown")]
