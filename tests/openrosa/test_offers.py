"""What phones fetch: the form list, forms, manifests, media. T1 to T8 and T25 of the conformance list."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import xml.etree.ElementTree as ET

import pytest

from mapping_service.store.forms import publish, set_state
from mapping_service.store.networks import network_id
from mapping_service.store.people import revoke_key
from tests.factories import make_stop
from tests.openrosa.collect import LIST, Collect, Rejected, exchange
from tests.openrosa.conftest import Town, form
from tests.openrosa.service import Service

FOUR_HEADERS = ("x-openrosa-version", "date", "content-language", "x-openrosa-accept-content-length")
PATHS = ("formList", "submission", "forms/ride.xml", "forms/ride/manifest", "forms/ride/attachments/a.csv",
         "datasets/stops/integrity")


def test_a_head_is_answered_with_nothing_but_four_headers(town: Town) -> None:
    """T1."""
    answer = exchange("HEAD", town.phone.url("submission"))
    assert (answer.status, answer.body) == (204, b"")
    assert [answer.headers[name] for name in FOUR_HEADERS if name != "date"] == ["1.0", "en", "5000000"]
    assert "date" in answer.headers and "location" not in answer.headers
    assert exchange("GET", town.phone.url("submission")).status == 204


@pytest.mark.parametrize("method, path", [("HEAD", "submission"), ("POST", "submission"),
                                          *(("GET", path) for path in PATHS)])
def test_a_bad_key_is_told_from_an_unknown_one(service: Service, town: Town, method: str, path: str) -> None:
    """T2: only what cannot be a key is 401, on which apps ask for a password that nobody has."""
    def status(key: str, slug: str = town.slug) -> int:
        answer = exchange(method, f"{service.base_url}/v1/key/{key}/projects/{slug}/{path}")
        assert answer.headers["x-openrosa-version"] == "1.0"
        assert method == "HEAD" or answer.message
        return answer.status

    assert [status("short"), status("x" * 31 + "!"), status("x" * 32)] == [401, 401, 403]
    assert status(town.key, "another-town") == 403
    token_id = town.ask("SELECT token_id FROM token WHERE city_id = :city_id")[0][0]
    with town.rows.begin():
        revoke_key(town.rows, town.city_id, token_id)
    assert status(town.key) == 403


def test_the_list_is_what_collect_reads_with_absolute_addresses_that_hold_the_key(town: Town) -> None:
    """T3."""
    answer = exchange("GET", town.phone.url("formList"))
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert {one.tag for one in ET.fromstring(answer.body)} == {f"{LIST}xform"}
    listed = town.phone.form_list()
    found = [(one.form_id, one.version, one.manifest_url) for one in listed]
    assert found == [("ride", "1", None), ("stop", "1", None)]
    assert all(one.url.startswith(f"{town.phone.server}/forms/") for one in listed)


@pytest.mark.parametrize("slash", ["", "/"])
def test_nobody_is_sent_elsewhere_for_a_slash(town: Town, slash: str) -> None:
    assert exchange("GET", town.phone.server + "/formList" + slash).status == 200
    assert exchange("HEAD", town.phone.server + "/submission" + slash).status == 204


def test_the_list_can_be_asked_for_one_form(town: Town) -> None:
    """T4."""
    def ids(wanted: str) -> list[str | None]:
        root = ET.fromstring(exchange("GET", f"{town.phone.server}/formList?formID={wanted}&verbose=true").body)
        return [one.findtext(f"{LIST}formID") for one in root]

    assert (ids("stop"), ids("nothing")) == (["stop"], [])


def test_the_hash_is_that_of_the_bytes_however_often_they_are_fetched(town: Town) -> None:
    """T5: Collect compares, and a form that changed by itself would be fetched every quarter of an hour."""
    for one in (*town.phone.form_list(), *town.phone.form_list()):
        assert town.phone.fetch(one).xml == form(one.form_id).xml


def test_a_manifest_tells_the_hash_of_each_file(town: Town) -> None:
    """T6."""
    media = {"lines.csv": b"name,label\n1,Line 1\n", "map.png": b"\x89PNG\r\n"}
    with town.rows.begin():
        publish(town.rows, town.city_id, form("ride", "2", media=tuple(media)), media, builtin=False)
    (listed,) = [one for one in town.phone.form_list() if one.form_id == "ride"]
    blank = town.phone.fetch(listed)
    assert {name: one.data for name, one in blank.media.items()} == media
    assert all(one.url.startswith(town.phone.server) for one in blank.media.values())
    assert exchange("GET", town.phone.url("forms/ride/attachments/other.csv")).status == 404


@pytest.mark.parametrize("form_id", ["a & b", "خط سير", "with%20percent", "ride.v2", "50% <off>"])
def test_names_of_any_kind_survive_the_list(town: Town, form_id: str) -> None:
    """T7."""
    made = form("plain", media=("a b&c.csv",), title='Ride & "stop" <1> محطة')
    made = type(made)(**{**vars(made), "form_id": form_id})
    with town.rows.begin():
        publish(town.rows, town.city_id, made, {"a b&c.csv": b"name,label\n"}, builtin=False)
    (listed,) = [one for one in town.phone.form_list() if one.form_id == form_id]
    assert listed.name == made.title
    blank = town.phone.fetch(listed)
    assert (blank.xml, list(blank.media)) == (made.xml, ["a b&c.csv"])


def test_what_a_phone_holds_is_not_sent_again(town: Town) -> None:
    """T8."""
    with town.rows.begin():
        publish(town.rows, town.city_id, form("ride", "2", media=("a.csv",)), {"a.csv": b"name,label\n"}, builtin=False)
    for path in ("formList", "forms/ride.xml", "forms/ride/manifest", "forms/ride/attachments/a.csv"):
        first = exchange("GET", town.phone.url(path))
        assert first.status == 200 and first.headers["cache-control"] == "private, no-cache"
        again = exchange("GET", town.phone.url(path), headers={"If-None-Match": first.headers["etag"]})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", first.headers["etag"]), path
    with town.rows.begin():
        publish(town.rows, town.city_id, form("ride", "3"), {}, builtin=False)
    assert exchange("GET", town.phone.url("formList"), headers={"If-None-Match": first.headers["etag"]}).status == 200


def test_a_long_list_comes_packed_to_phones_that_ask_for_that(town: Town) -> None:
    with town.rows.begin():
        for number in range(10):
            publish(town.rows, town.city_id, form(f"form-{number}"), {}, builtin=False)
    packed = exchange("GET", town.phone.url("formList"), headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == exchange("GET", town.phone.url("formList")).body
    again = exchange("GET", town.phone.url("formList"),
                     headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
    assert again.status == 304


def test_old_versions_stay_and_the_list_tells_of_the_newest(town: Town) -> None:
    with town.rows.begin():
        publish(town.rows, town.city_id, form("ride", "2"), {}, builtin=False)
    assert [one.version for one in town.phone.form_list() if one.form_id == "ride"] == ["2"]
    old = exchange("GET", town.phone.url("forms/ride.xml?version=1"))
    assert (old.status, hashlib.md5(old.body).hexdigest()) == (200, old.headers["etag"].strip('"'))
    assert exchange("GET", town.phone.url("forms/ride.xml?version=9")).status == 404


@pytest.mark.parametrize("state", ["closing", "closed"])
def test_a_form_that_closes_is_offered_no_longer(town: Town, state: str) -> None:
    """T25, the half of the list."""
    with town.rows.begin():
        set_state(town.rows, town.city_id, "stop", state)
    assert [one.form_id for one in town.phone.form_list()] == ["ride"]


def test_a_list_of_the_city_comes_with_its_form_and_says_what_is_gone(town: Town) -> None:
    """T6, and what Collect asks of entities that it holds and no longer finds in the list."""
    media = ("routes.csv", "stops.csv", "stops.geojson")
    with town.rows.begin():
        candidate = network_id(town.rows, town.city_id, "candidate")
        make_stop(town.rows, town.city_id, candidate, "~1", (36.8, -1.3), name="Gikomba & sons")
        publish(town.rows, town.city_id, form("ride", "2", media=media), {}, builtin=False)
    (listed,) = [one for one in town.phone.form_list() if one.form_id == "ride"]
    blank = town.phone.fetch(listed)
    assert tuple(blank.media) == media
    stops = list(csv.DictReader(io.StringIO(blank.media["stops.csv"].data.decode())))
    assert [one["label"] for one in stops] == ["Gikomba & sons"]
    assert [one for one, file in blank.media.items() if file.integrity_url] == ["stops.csv"]
    asked = exchange("GET", f"{blank.media['stops.csv'].integrity_url}?id={stops[0]['name']},gone")
    assert "text/xml" in asked.headers["content-type"]
    found = {one.get("id"): one.findtext("deleted") for one in ET.fromstring(asked.body).iter("entity")}
    assert found == {stops[0]["name"]: "false", "gone": "true"}


def test_a_wrong_address_is_answered_as_openrosa_too(town: Town) -> None:
    answer = exchange("GET", town.phone.url("nothing"))
    assert (answer.status, bool(answer.message), answer.headers["x-openrosa-version"]) == (404, True, "1.0")
    with pytest.raises(Rejected):
        Collect(town.phone.server + "x").form_list()
