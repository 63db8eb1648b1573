"""Each of our forms filled in by real engines and sent as Collect sends: every client leaves the same records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from collectors.forms.build import OWN
from mapping_service.cities import new_city
from mapping_service.parameters import Parameters
from mapping_service.stages import read_submission
from mapping_service.store.engine import engine_for
from mapping_service.store.intake import unread
from mapping_service.store.people import add_key
from tests.conftest import _new_database, throwaway_folder
from tests.forms import fillers
from tests.forms.fillers import DataSet, data_sets
from tests.openrosa.collect import Collect
from tests.openrosa.service import running
from tests.pipeline.town import survey

CLIENTS = ("javarosa", "webforms", "enketo")
NEW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Where no engine is, neither is its word: the reason is printed.
WHY_NOT = fillers.why_no_javarosa() or fillers.why_no_web_forms()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))


@dataclass(frozen=True)
class Sent:
    """What the database holds of each client's data sets."""

    engine: Engine
    cities: dict[str, int]
    ids: dict[tuple[str, str], int]

    def records(self, client: str, name: str) -> dict[str, Any]:
        """Everything that was stored of one data set, ids that phones make up left out."""
        values = {"id": self.ids[client, name]}
        with self.engine.connect() as connection:
            found = {table: [dict(row._mapping) for row in connection.execute(text(query), values)]
                     for table, query in RECORDS.items()}
        plain: dict[str, Any] = json.loads(NEW_ID.sub("<new>", json.dumps(found)))
        return plain


RECORDS = {
    "submission": "SELECT status::text, kind, reason_code, creator, notices FROM submission WHERE submission_id = :id",
    "instance": "SELECT form_id, version, complete, answers FROM instance WHERE submission_id = :id",
    "attachment": "SELECT a.name, a.named, encode(sha256(i.bytes), 'hex') AS sha256 FROM attachment a "
                  "LEFT JOIN inbox i USING (inbox_id) WHERE a.submission_id = :id ORDER BY a.name",
    "report": "SELECT waypoint, kind, ST_AsText(geom) AS place, extract(epoch FROM at)::float AS at, text, name, "
              "amount::float, wait_s, occupancy, cancelled, subject, details FROM report WHERE submission_id = :id "
              "ORDER BY waypoint, kind",
    "trace": "SELECT ST_AsText(geom, 6) AS way FROM trace WHERE submission_id = :id",
    "claim": "SELECT c.line, c.direction FROM claim c JOIN arrival a USING (city_id, file_key) "
             "WHERE a.inbox_id = :id",
    "service_point": "SELECT kind, name, ST_AsText(geom) AS place, source_id, properties FROM service_point "
                     "WHERE submission_id = :id",
}


@pytest.fixture(scope="module")
def sent(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """Every data set, filled in by each engine and sent by a phone of its own city."""
    folder = tmp_path_factory.mktemp("engines")
    with _new_database(server, template=template) as url, throwaway_folder() as logs, running(url, logs) as web:
        engine = engine_for(url)
        phones, cities = {}, {}
        for client in CLIENTS:
            city = new_city(engine, client, client, "Africa/Nairobi", "KES", "en")
            with engine.begin() as connection:
                key = add_key(connection, city.city_id, "kofi")
            phones[client] = Collect(f"{web.base_url}/v1/key/{key}/projects/{client}")
            cities[client] = city.city_id
        ids = _send_all(engine, phones, cities, folder)
        for client in CLIENTS:
            for submission_id in ids_of(ids, client):
                read_submission(url, client, Parameters(), submission_id)
        yield Sent(engine, cities, ids)
        engine.dispose()


def ids_of(ids: dict[tuple[str, str], int], client: str) -> list[int]:
    return [found for (one, _), found in ids.items() if one == client]


def _send_all(
    engine: Engine, phones: dict[str, Collect], cities: dict[str, int], folder: Path
) -> dict[tuple[str, str], int]:
    javarosa, web_forms = fillers.javarosa(folder), fillers.web_forms(folder)
    blanks = {form.form_id: phones["javarosa"].fetch(form).xml for form in phones["javarosa"].form_list()}
    ids: dict[tuple[str, str], int] = {}
    for data in data_sets():
        by_javarosa = javarosa(blanks[data.form_id], data)
        filled = {"javarosa": by_javarosa, "webforms": web_forms(blanks[data.form_id], data),
                  "enketo": fillers.enketo(by_javarosa)}
        for client, xml in filled.items():
            answers = phones[client].send(xml, files_of(data))
            assert [one.status for one in answers] == [201] * len(answers), (data.name, client)
            with engine.connect() as connection:
                (ids[client, data.name],) = set(unread(connection, cities[client])) - set(ids_of(ids, client))
    return ids


def files_of(data: DataSet) -> dict[str, bytes]:
    return {name: survey()[0].gpx if name.endswith(".gpx") else b"\xff\xd8 a photo" for name in data.files}


def test_there_are_three_data_sets_for_each_form() -> None:
    assert sorted(data.form_id for data in data_sets()) == sorted(3 * OWN)


@pytest.mark.parametrize("name", [data.name for data in data_sets()])
def test_every_client_leaves_the_same_records(sent: Sent, name: str) -> None:
    javarosa, web_forms, enketo = (sent.records(client, name) for client in CLIENTS)
    assert javarosa["submission"][0]["status"] == "accepted"
    assert web_forms == javarosa
    assert enketo == javarosa


def test_what_was_filled_in_is_what_is_stored(sent: Sent) -> None:
    ride = sent.records("javarosa", "ride-1")
    assert ride["claim"] == [{"line": "716", "direction": "Soko"}] and len(ride["trace"]) == 1
    kinds = [one["kind"] for one in ride["report"]]
    assert kinds.count("boarding") == 2 and ("stop", "S1") in [(one["kind"], one["subject"]) for one in ride["report"]]
    assert [one["amount"] for one in ride["report"] if one["subject"] == "R1"] == [50.0]
    assert sent.records("javarosa", "ride-3")["instance"][0]["answers"] == {"consent": "no"}
    assert sent.records("javarosa", "visit-2")["service_point"][0]["name"] == "Kituo cha Afya"
    assert sent.records("javarosa", "visit-1")["service_point"] == []
    assert [one["name"] for one in sent.records("javarosa", "visit-1")["attachment"]] == ["door.jpg"]
    at_equator = sent.records("webforms", "stop-3")
    assert at_equator["report"][0]["place"] == "POINT(0.5 0.00049)" and at_equator["report"][0]["name"] is None


def test_one_answer_is_kept_under_its_path(sent: Sent) -> None:
    answers = sent.records("enketo", "fare-2")["instance"][0]["answers"]
    assert answers["told/amount"] == "1250.75" and answers["told/to_name"] == "Ngong"
