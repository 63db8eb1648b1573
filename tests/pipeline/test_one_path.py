"""What the command takes in and what comes over HTTP go one way: what one accepts the other does, with one result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mapping_service import assembling
from mapping_service.parameters import Parameters
from mapping_service.receive import receive_paths
from mapping_service.stages import take_in
from mapping_service.store.forms import publish
from mapping_service.store.people import add_key
from mapping_service.web import create_app
from tests.openrosa.collect import BOUNDARY, multipart
from tests.openrosa.conftest import form
from tests.openrosa.filled import filled
from tests.pipeline.town import SLUG, Town, survey

RIDE = survey()[0].gpx
RECORD_ID = "5f0c2d0e-6b1f-4a53-9a57-2f1f5f3a7c11"
RECORD = {"v": 1, "report": {"id": RECORD_ID, "kind": "stop", "t": 1741500000000, "lon": 36.8, "lat": -1.3, "acc_m": 5,
                             "text": "Mill", "name": "Mill"}}
OVERLAND = {"locations": [
    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [36.8 + i / 1000, -1.3]},
     "properties": {"timestamp": f"2025-03-09T06:{i:02d}:00Z", "horizontal_accuracy": 6, "device_id": "red"}}
    for i in range(40)
]}
OWNTRACKS = {"_type": "location", "tst": 1741500000, "lat": -1.3, "lon": 36.8, "acc": 5, "topic": "owntracks/kofi/red"}
COORDINATES = {"latitude": -1.3, "longitude": 36.8, "accuracy": 5, "speed": 3, "heading": 90, "altitude": 1600}
TRACCAR = {"location": {"timestamp": "2025-03-09T06:00:00.000Z", "coords": COORDINATES}, "device_id": "red"}
FORM = filled("uuid:1", "Mill", form="own", files=["mill.jpg", "ride.gpx"])
FORM_FILES = {"mill.jpg": b"\xff\xd8photo", "ride.gpx": RIDE}


@dataclass(frozen=True)
class Sample:
    """What one client leaves in a folder, and the request by which it sends the same."""

    files: Mapping[str, bytes]
    method: str
    path: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


def tracked(kind: str, message: Any) -> Sample:
    """A message as somebody saved it, and as the app sends it."""
    return Sample({"saved.json": packed(message)}, "POST", f"/ingest/{{key}}/{kind}", packed(message),
                  {"Content-Type": "application/json"})


SAMPLES = {
    "gpx": Sample({"ride.gpx": RIDE}, "POST", "/ingest/{key}/gpx?name=ride.gpx", RIDE),
    "form": Sample(
        {"inst/submission.xml": FORM, **{f"inst/{name}": data for name, data in FORM_FILES.items()}},
        "POST", f"/v1/key/{{key}}/projects/{SLUG}/submission", multipart(FORM, list(FORM_FILES.items())),
        {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
    ),
    "record": Sample({f"{RECORD_ID}.json": packed(RECORD)}, "PUT", f"/api/v1/records/{RECORD_ID}", packed(RECORD),
                     {"Authorization": "Bearer {key}"}),
    "overland": tracked("overland", OVERLAND),
    "owntracks": tracked("owntracks", OWNTRACKS),
    "traccar": tracked("traccar", TRACCAR),
}


def opened(town: Town) -> str:
    """Publish the form of the samples; the key of a contributor."""
    with town.engine.begin() as connection:
        publish(connection, town.city.city_id, form("own"), {}, builtin=False)
        return add_key(connection, town.city.city_id, "kofi")


def over_http(town: Town, key: str, one: Sample) -> int:
    """Send a sample as its client does; the status of the answer."""
    headers = {name: value.format(key=key) for name, value in one.headers.items()}
    path = one.path.format(key=key)
    return create_app(town.url).test_client().open(path, method=one.method, data=one.body, headers=headers).status_code


def by_command(town: Town, folder: Path, one: Sample) -> dict[str, object]:
    """Take a sample in from a folder; what the command says of it."""
    for name, data in one.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return vars(receive_paths(town.engine, town.city, [folder], lambda _: None, "kofi"))


def outcome(town: Town) -> list[list[tuple[Any, ...]]]:
    """All that has become of what came, once the worker has been."""
    assembling.read_messages(town.url, SLUG)
    assembling.assemble(town.url, SLUG, Parameters(), now_s=0.0, wait=False)
    take_in(town.url, SLUG, Parameters(), jobs=1, progress=lambda *_: None)
    with town.engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(text(question))] for question in (
            "SELECT kind, status::text, reason_code, notices::text, pseudonym, encode(i.sha256, 'hex') "
            "FROM submission JOIN inbox i ON inbox_id = submission_id LEFT JOIN contributor USING (contributor_id) "
            "ORDER BY 6",
            "SELECT ST_AsEWKT(geom), accuracy_m, speed_mps, segment_starts FROM trace ORDER BY 1",
            "SELECT kind, ST_AsEWKT(geom), at, text, name, details::text FROM report ORDER BY 1, 3, 2",
            "SELECT form_id, instance_id, answers::text, complete FROM instance",
            "SELECT name, named, sha256(bytes) FROM attachment JOIN inbox USING (inbox_id) ORDER BY 1",
        )]


@pytest.mark.parametrize("client", SAMPLES)
def test_both_ways_give_the_same(town: Town, second_town: Town, tmp_path: Path, client: str) -> None:
    sample = SAMPLES[client]
    assert over_http(town, opened(town), sample) in (200, 201, 202)
    opened(second_town)
    assert by_command(second_town, tmp_path, sample)["refused"] == []
    assert outcome(town) == outcome(second_town)
    assert outcome(town)[0] != [] or client in ("owntracks", "traccar")


@pytest.mark.parametrize("client", SAMPLES)
def test_what_is_taken_in_again_either_way_adds_nothing(town: Town, tmp_path: Path, client: str) -> None:
    key, sample = opened(town), SAMPLES[client]
    first = by_command(town, tmp_path, sample)
    assert first["new"] == len(sample.files)
    before = outcome(town)
    again = by_command(town, tmp_path, sample)
    assert (again["new"], again["again"]) == (0, len(sample.files))
    assert over_http(town, key, sample) in (200, 201, 202)
    assert outcome(town) == before


def test_anything_may_be_sent_to_the_address_for_files(town: Town) -> None:
    """A person who has a file and a key need not know what it is."""
    key = opened(town)
    client = create_app(town.url).test_client()
    kept = []
    for name, data in (("a.xml", FORM), ("b.json", packed(OVERLAND)), ("c.json", packed(RECORD)), ("d.gpx", RIDE)):
        answer = client.post(f"/ingest/{key}/gpx", query_string={"name": name}, data=data)
        received = (answer.json or {})["received"]
        kept.append((answer.status_code, [one["kept"] for one in received]))
    assert kept == [(202, ["new"])] * 4
    assert sorted(row[0] for row in outcome(town)[0]) == ["file", "instance", "record", "trail"]


def test_a_form_that_cannot_be_read_is_kept_and_set_aside(town: Town, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_bytes(FORM[:-20])
    report = receive_paths(town.engine, town.city, [tmp_path], lambda _: None)
    assert (report.new, report.refused) == (1, [])
    assert [row[:3] for row in outcome(town)[0]] == [("instance", "quarantined", "bad_xml")]
