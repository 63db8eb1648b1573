"""A person can take along everything that they sent, byte for byte, and nothing of anybody else's."""

from __future__ import annotations

import io
import json
import zipfile

from mapping_service.instances import accept_instance
from mapping_service.people import my_data
from mapping_service.store.people import record_consent
from tests.openrosa.filled import filled
from tests.people.sending import OWNTRACKS, key_of, person, send_as, track_as
from tests.pipeline.town import Town, survey


def test_after_somebody_took_their_consent_back_no_trace_of_theirs_is_kept_apart_from_the_raw_bytes(town: Town) -> None:
    amina = person(town, key_of(town, "amina"))
    before, after = survey(routes=1)[:2]
    send_as(town, amina, before.file_name, before.gpx)
    for given in (True, False):
        if not given:
            town.process()
        with town.engine.begin() as connection:
            record_consent(connection, amina.city_id, amina.contributor_id, given=given, text_version="1",
                           language="en", via="page")
    later = send_as(town, amina, after.file_name, after.gpx).submission_id
    town.process()
    assert len(town.ask("SELECT submission_id FROM trace")) == 1
    assert town.ask(f"SELECT submission_id FROM trace WHERE submission_id = {later}") == []
    assert town.inbox()[later] == after.gpx


def test_the_archive_holds_all_that_was_sent_and_what_became_of_it(town: Town) -> None:
    key, other = key_of(town, "amina"), key_of(town, "kofi")
    amina, kofi = person(town, key), person(town, other)
    ride, others = survey(routes=1)[0], survey(routes=1)[1]
    send_as(town, amina, f"a/{ride.file_name}", ride.gpx)
    bad = send_as(town, amina, "notes.gpx", b"\xff not a ride").submission_id
    send_as(town, kofi, others.file_name, others.gpx)
    accept_instance(town.engine, amina, filled("uuid:1", files=["a.jpg"]), {"a.jpg": b"a photo"})
    assert track_as(town, key) and track_as(town, other, OWNTRACKS + b" ") and track_as(town, key, b"\xff")
    with town.engine.begin() as connection:
        record_consent(connection, amina.city_id, amina.contributor_id, given=True, text_version="3", language="sw",
                       via="setup")
    town.process()
    out = io.BytesIO()
    my_data(town.engine, amina.contributor_id, out)
    with zipfile.ZipFile(out) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    raw = {name.partition("-")[2]: data for name, data in held.items() if name.startswith("raw/")}
    assert raw == {ride.file_name: ride.gpx, "notes.gpx": b"\xff not a ride",
                   "uuid:1.xml": filled("uuid:1", files=["a.jpg"]), "a.jpg": b"a photo"}
    assert f"raw/{bad}-notes.gpx" in held
    sent = [json.loads(line) for line in held["messages.ndjson"].splitlines()]
    assert [(one["kind"], one["text"], one["bytes"]) for one in sent] == [
        ("owntracks", OWNTRACKS.decode(), None), ("owntracks", None, "/w=="),
    ]
    became = {one["file"]: one for one in json.loads(held["what-became.json"])}
    assert became[f"a/{ride.file_name}"]["status"] == "accepted"
    assert became["notes.gpx"]["status"] == "quarantined" and became["notes.gpx"]["reason"].endswith(".")
    assert [one["text_version"] for one in json.loads(held["consent.json"])] == ["3"]
    stops = [one for one in json.loads(held["reports.json"]) if one["kind"] == "stop"]
    assert len(stops) == town.ask("SELECT count(*) FROM report r JOIN submission USING (submission_id) "
                                  f"WHERE r.kind = 'stop' AND contributor_id = {amina.contributor_id}")[0] > 0
