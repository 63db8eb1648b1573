"""Rides of forty minutes, by ODK Collect, by a tracker with a form, and by the collector page, all the way to the map.

Three people ride one line on three days. One attaches a recording to a form, one lets Overland record and fills a form
without, one records in the page. Each becomes one trace with its stops and its fare, and together the route.
"""

from __future__ import annotations

import json
import re
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import numpy as np
import pytest

from collectors.gpx import read_gpx
from collectors.notes import read_notes
from collectors.simulator import sample_town, simulate
from collectors.words import load_words
from mapping_service.records import Fixes, Report
from mapping_service.store.people import add_key
from tests.conftest import throwaway_folder
from tests.openrosa.collect import Collect
from tests.openrosa.service import running
from tests.pipeline.town import PLAIN, SLUG, Town

ROUTE = "mavuno-2"
SEED = 6  # its three rides take 36, 40 and 39 minutes
FARE = 70
CHUNK = 100


@dataclass(frozen=True)
class Ridden:
    """One ride: its positions, the stops that its rider noted, and its recording without notes."""

    fixes: Fixes
    stops: Sequence[Report]
    gpx: bytes


@cache
def ridden() -> tuple[Ridden, ...]:
    """Three rides of one line in one direction, on different days, of about forty minutes each."""
    town = sample_town(PLAIN.seed)
    line = [one for one in town.patterns if one.route_id == ROUTE][:1]
    rides = [_ridden(one.gpx) for one in simulate(replace(town, patterns=tuple(line)), replace(PLAIN, seed=SEED))]
    assert len({datetime.fromtimestamp(one.fixes.t_s[0], UTC).date() for one in rides}) == len(rides) == 3
    assert all(one.fixes.t_s[-1] - one.fixes.t_s[0] > 2100 and len(one.stops) > 3 for one in rides)
    return tuple(rides)


def _ridden(gpx: bytes) -> Ridden:
    reading = read_gpx(gpx)
    notes = read_notes(reading.waypoints, load_words("en", {}), currency="KES")
    stops = [note for note in notes if note.kind == "stop" and note.name and not note.cancelled]
    return Ridden(reading.fixes, stops, re.sub(rb"<wpt.*?</wpt>", b"", gpx, flags=re.DOTALL))


def form(phone: Collect, ride: Ridden, attached: str | None) -> bytes:
    """The form of a ride as Collect fills it: consent, every stop with place and time, the fare."""
    version = next(one.version for one in phone.form_list() if one.form_id == "ride")
    stops = "".join(
        f"<stop><place>{stop.lat} {stop.lon} 0 5</place><at>{_iso(stop.t_s)}</at><known/><known_label/>"
        f"<name>{stop.name}</name><boarded>1</boarded><alighted>0</alighted><why>passengers</why></stop>"
        for stop in ride.stops
    )
    fare_at = _iso(float(ride.stops[-1].t_s or 0))
    gpx = f"<gpx>{attached}</gpx>" if attached else "<gpx/>"
    return (
        f'<data id="ride" version="{version}" xmlns:orx="http://openrosa.org/xforms"><consent>yes</consent><told>'
        f"<began>{_iso(float(ride.fixes.t_s[0]))}</began><route/><route_new>2</route_new><direction>Town</direction>"
        f"<occupancy>half</occupancy>{stops}<fare>{FARE}</fare><fare_at>{fare_at}</fare_at>{gpx}<more>no</more></told>"
        f"<orx:meta><orx:instanceID>uuid:{uuid.uuid4()}</orx:instanceID></orx:meta></data>"
    ).encode()


def _iso(t_s: float | None) -> str:
    return datetime.fromtimestamp(t_s or 0, UTC).isoformat(timespec="milliseconds")


def call(url: str, method: str, body: bytes, key: str = "") -> bytes:
    """One request, answered with success."""
    head = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    with urllib.request.urlopen(urllib.request.Request(url, body, head, method=method)) as answer:
        assert answer.status in (200, 201)
        return bytes(answer.read())


def by_collect(base_url: str, key: str, ride: Ridden) -> None:
    """A form with the recording attached."""
    phone = Collect(f"{base_url}/v1/key/{key}/projects/{SLUG}")
    phone.send(form(phone, ride, "ride.gpx"), {"ride.gpx": ride.gpx})


def by_tracker(base_url: str, key: str, ride: Ridden) -> None:
    """Overland in batches, the newest first and one of them twice, and a form without a recording."""
    rows = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]},
         "properties": {"timestamp": _iso(t_s), "horizontal_accuracy": 5, "speed": -1, "device_id": "kofi"}}
        for t_s, lon, lat in _places(ride.fixes)
    ]
    batches = [rows[start:start + CHUNK] for start in range(0, len(rows), CHUNK)]
    for batch in [*reversed(batches), batches[0]]:
        sent = json.dumps({"locations": batch}).encode()
        assert json.loads(call(f"{base_url}/ingest/{key}/overland", "POST", sent)) == {"result": "ok"}
    phone = Collect(f"{base_url}/v1/key/{key}/projects/{SLUG}")
    phone.send(form(phone, ride, None))


def by_page(base_url: str, key: str, ride: Ridden) -> None:
    """Chunks of the page, its reports in the last of them."""
    where = f"{base_url}/api/v1/traces/{uuid.uuid4()}"
    fixes = [[round(t_s * 1000), lon, lat, 5, None, None, 0] for t_s, lon, lat in _places(ride.fixes)]
    chunks = [fixes[start:start + CHUNK] for start in range(0, len(fixes), CHUNK)]
    reports: list[dict[str, object]] = [
        {"id": str(uuid.uuid4()), "kind": "stop", "t": round((stop.t_s or 0) * 1000), "lon": stop.lon, "lat": stop.lat,
         "name": stop.name} for stop in ride.stops
    ]
    reports.append({**reports[-1], "id": str(uuid.uuid4()), "kind": "fare", "name": None, "amount": FARE})
    for n, chunk in enumerate(chunks):
        said = reports if n == len(chunks) - 1 else []
        body = json.dumps({"v": 1, "n": n, "fixes": chunk, "reports": said, "ride": {"line": "2"}}).encode()
        call(f"{where}/chunks/{n}", "PUT", body, key)
    assert json.loads(call(f"{where}/complete", "POST", json.dumps({"chunks": len(chunks)}).encode(), key))["complete"]


def _places(fixes: Fixes) -> Iterator[tuple[float, float, float]]:
    for t_s, lon, lat in zip(fixes.t_s, fixes.lon, fixes.lat):
        if np.isfinite(t_s):
            yield float(t_s), float(lon), float(lat)


@pytest.fixture
def sent(town: Town) -> Iterator[Town]:
    """The town after all three have sent their rides to its running server."""
    ways: list[tuple[str, Callable[[str, str, Ridden], None]]] = [
        ("ama", by_collect), ("kofi", by_tracker), ("wanjiru", by_page),
    ]
    with town.engine.begin() as connection:
        keys = {name: add_key(connection, town.city.city_id, name) for name, _ in ways}
    with throwaway_folder() as folder, running(town.url, folder) as web:
        for ride, (name, send) in zip(ridden(), ways, strict=True):
            send(web.base_url, keys[name], ride)
    yield town


def test_three_phones_three_apps_one_route_on_the_map(sent: Town) -> None:
    sent.process()
    rides = {ride.person: ride for ride in sent.rides()}
    assert set(rides) == {"ama", "kofi", "wanjiru"} and len(sent.rides()) == 3
    assert sent.ask("SELECT count(*) FROM trace") == [3]
    for ride, person in zip(ridden(), ("ama", "kofi", "wanjiru"), strict=True):
        told = rides[person].reports
        assert [one.name for one in told if one.kind == "stop"] == [stop.name for stop in ride.stops]
        assert [one.amount for one in told if one.kind == "fare"] == [FARE]
        assert rides[person].claim.line == "2"
    assert sent.accept()
    sent.release()
    names = set(sent.ask("SELECT name FROM stop s JOIN network n USING (network_id) WHERE n.kind = 'release'"))
    said = {stop.name for ride in ridden() for stop in ride.stops}
    assert len(names & said) >= 3
    assert sent.ask(
        "SELECT amount::int FROM fare f JOIN network n USING (network_id) WHERE n.kind = 'release'"
    ) == [FARE]
    assert sent.ask(
        "SELECT runs FROM pattern p JOIN network n USING (network_id) WHERE n.kind = 'release'"
    ) == [3]
