"""Our own forms: they build without a warning, speak six languages, and ask no more than they must."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from pyxform.xls2json_backends import get_xlsform

from collectors.forms.build import HERE, LANGUAGES, OWN, build_own, build_upload
from mapping_service.errors import Conflict
from mapping_service.forms import ensure_builtin, publish_builtin, publish_upload
from mapping_service.store import forms
from tests.forms.test_build import xform
from tests.pipeline.town import Town

MOST_QUESTIONS = 12
VERSIONS = Path(__file__).parent / "data" / "versions.json"
UNSEEN = ("start", "end", "audit", "calculate", "start-geopoint", "background-geopoint", "begin", "end group")


def rows(form_id: str) -> list[dict[str, str]]:
    return list(get_xlsform((HERE / f"{form_id}.md").read_text("utf-8")).survey or [])


def words() -> list[list[str]]:
    lines = (HERE / "words.md").read_text("utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form_id", OWN)
def test_a_form_says_everything_in_every_language_and_opens_in_the_citys(form_id: str, language: str) -> None:
    form = build_own(form_id, language)
    xml = form.xml.decode()
    opening = re.findall(r'<translation lang="([^"]*)" default="true\(\)">', xml)
    assert form.form_id == form_id and opening == [LANGUAGES[language]]
    texts = [len(re.findall("<text id", part)) for part in xml.split("<translation ")[1:]]
    assert len(texts) == len(LANGUAGES) and len(set(texts)) == 1
    assert ">-<" not in xml


def test_a_city_of_another_language_gets_english() -> None:
    assert build_own("fare", "de").xml == build_own("fare", "en").xml


@pytest.mark.parametrize("form_id", OWN)
def test_the_workbook_to_take_away_builds_the_same_form(form_id: str) -> None:
    form = build_own(form_id, "fr")
    assert form.xlsx is not None and form.source_name == f"{form_id}.xlsx"
    again = build_upload(form.source_name, form.xlsx)
    assert (again.xml, again.warnings) == (form.xml, ())


@pytest.mark.parametrize("form_id", OWN)
def test_consent_comes_first_and_without_it_nothing_is_asked(form_id: str) -> None:
    asked = [row for row in rows(form_id) if not row["type"].startswith(UNSEEN)]
    assert asked[0]["name"] == "consent" and asked[0]["required"] == "yes"
    group = next(row for row in rows(form_id) if row["type"] == "begin group")
    assert group["relevant"] == "${consent} = 'yes'"
    assert {one.path.split("/")[0] for one in build_own(form_id, "en").questions if one.label is not None} == {
        "consent", "told"
    }


@pytest.mark.parametrize("form_id", OWN)
def test_the_main_path_is_short(form_id: str) -> None:
    """What is asked of everybody; a question that only another's answer brings up is no part of it."""
    asked, depth = 0, 0
    for row in rows(form_id):
        if row["type"] == "begin group" and row["relevant"] != "${consent} = 'yes'":
            depth += 1
        elif row["type"] == "end group" and depth:
            depth -= 1
        elif not depth and not row["type"].startswith((*UNSEEN, "end")) and "relevant" not in row:
            asked += 1
    assert 5 <= asked <= MOST_QUESTIONS


def test_no_word_is_left_over() -> None:
    sources = "".join((HERE / f"{form_id}.md").read_text("utf-8") for form_id in OWN)
    assert words()[0] == list(LANGUAGES)
    assert [line[0] for line in words()[1:] if f"| {line[0]} |" not in sources] == []


def test_arabic_is_written_in_arabic() -> None:
    for line in words()[1:]:
        assert re.search("[\u0600-\u06ff]", line[5]) and not re.search("[\u0600-\u06ff]", "".join(line[:5])), line


@pytest.mark.parametrize("form_id", OWN)
def test_a_changed_form_has_a_new_version(form_id: str) -> None:
    """Cities keep a version as they got it: a change without a new version would never reach them."""
    source = (HERE / f"{form_id}.md").read_text("utf-8")
    said = [line for line in words() if f"| {line[0]} |" in source]
    digest = hashlib.sha256(f"{source}{said}".encode()).hexdigest()
    noted = json.loads(VERSIONS.read_text("utf-8"))[form_id]
    version = build_own(form_id, "en").version
    assert noted == {"version": version, "sha256": digest}, f"Give {form_id} a new version, then note {digest}"


def test_every_city_has_our_forms_and_keeps_each_version_as_it_got_it(town: Town) -> None:
    with town.engine.connect() as connection:
        before = forms.list_forms(connection, town.city.city_id)
    assert [one.form_id for one in before] == list(OWN)
    ensure_builtin(town.engine)
    assert publish_builtin(town.engine, town.city) == []
    with town.engine.connect() as connection:
        assert forms.list_forms(connection, town.city.city_id) == before


def test_a_form_of_ours_that_a_city_closed_stays_closed(town: Town) -> None:
    with town.engine.begin() as connection:
        forms.set_state(connection, town.city.city_id, "visit", "closed")
    ensure_builtin(town.engine)
    with town.engine.connect() as connection:
        assert forms.form_state(connection, town.city.city_id, "visit", "0") == "closed"


def test_nobody_uploads_under_one_of_our_ids(town: Town) -> None:
    with pytest.raises(Conflict) as raised:
        publish_upload(town.engine, town.city, "ride.xml", xform(form_id="ride", version="mine"))
    assert raised.value.code == "form_id_taken"
    with town.engine.connect() as connection:
        held = forms.form_xml(connection, town.city.city_id, "ride")
    assert held is not None and held.title == "Ride a line"
