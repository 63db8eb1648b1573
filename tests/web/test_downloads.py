"""The feed at its stable address, and the files of each release."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from tests.factories import draw_network, make_network


def test_the_feed_names_itself_by_the_digest_of_its_bytes(client: FlaskClient) -> None:
    response = client.get("/drawn-town/gtfs.zip")
    assert response.headers["ETag"] == f'"{hashlib.sha256(response.data).hexdigest()}"'
    assert "Last-Modified" in response.headers and response.headers["Access-Control-Allow-Origin"] == "*"
    feed = zipfile.ZipFile(io.BytesIO(response.data))
    assert {"routes.txt", "stops.txt", "trips.txt"} <= set(feed.namelist())
    assert "https://maps.example/drawn-town" in feed.read("agency.txt").decode()


def test_a_trip_planner_that_has_the_feed_hears_304(client: FlaskClient) -> None:
    first = client.get("/drawn-town/gtfs.zip")
    for asked, given in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get("/drawn-town/gtfs.zip", headers={asked: first.headers[given]})
        assert again.status_code == 304 and not again.data, asked


def test_head_gives_the_size_without_the_feed(client: FlaskClient) -> None:
    whole, head = client.get("/drawn-town/gtfs.zip"), client.head("/drawn-town/gtfs.zip")
    assert head.status_code == 200 and not head.data
    assert head.headers["Content-Length"] == str(len(whole.data)) and head.headers["ETag"] == whole.headers["ETag"]


def test_the_current_feed_moves_on_and_the_old_one_stays(client: FlaskClient, rows: Connection) -> None:
    first = client.get("/drawn-town/gtfs.zip").data
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    network_id = make_network(rows, city_id, release_number=2, note="Second")
    draw_network(rows, city_id, network_id)
    rows.exec_driver_sql(f"UPDATE route SET long_name = 'Renamed' WHERE network_id = {network_id} AND route_id = 'R1'")
    rows.commit()
    assert client.get("/drawn-town/gtfs.zip").data != first
    assert client.get("/drawn-town/releases/1/gtfs.zip").data == first
    assert "Renamed" in client.get("/drawn-town").get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "begins"),
    [("gtfs.zip", b"PK"), ("layers.geojson.zip", b"PK"), ("layers.gpkg", b"SQLite format 3"), ("evidence.csv", b"")],
)
def test_every_file_of_a_release_is_there_for_ever(client: FlaskClient, name: str, begins: bytes) -> None:
    response = client.get(f"/drawn-town/releases/1/{name}")
    assert response.status_code == 200 and response.data.startswith(begins) and len(response.data) > 200
    assert "immutable" in response.headers["Cache-Control"]
    assert f"drawn-town-2024.04.01-1-{name}" in response.headers["Content-Disposition"]


def test_a_file_is_made_once_and_nothing_half_made_is_left(
    client: FlaskClient, tmp_path: Path, rows: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = client.get("/drawn-town/releases/1/evidence.csv").data
    on_disk = [path.name for path in (tmp_path / "archive").rglob("*")]
    assert on_disk == [hashlib.sha256(made).hexdigest()]
    rows.exec_driver_sql("UPDATE stop SET name = 'Elsewhere'")
    rows.commit()
    assert client.get("/drawn-town/releases/1/evidence.csv").data == made
    (tmp_path / "archive" / on_disk[0]).unlink()
    assert client.get("/drawn-town/releases/1/evidence.csv").data == made


def test_nobody_sees_a_release_that_is_withheld(client: FlaskClient, rows: Connection) -> None:
    city_id = rows.exec_driver_sql("SELECT city_id FROM city WHERE slug = 'drawn-town'").scalar_one()
    withheld = make_network(rows, city_id, release_number=2, published_at=None, published_by=None)
    draw_network(rows, city_id, withheld)
    rows.exec_driver_sql(f"UPDATE route SET long_name = 'Too early' WHERE network_id = {withheld}")
    rows.commit()
    assert "Too early" not in client.get("/drawn-town").get_data(as_text=True)
    listed, city = (client.get(one).json for one in ("/drawn-town/releases/?f=json", "/api/v1/cities/drawn-town"))
    assert listed is not None and [one["release"]["number"] for one in listed["releases"]] == [1]
    assert city is not None and city["release"]["number"] == 1
    for address in ("releases/2/gtfs.zip", "releases/2/evidence.csv", "tiles/2/10/616/515.mvt"):
        assert client.get(f"/drawn-town/{address}").status_code == 404, address


def test_the_current_feed_is_kept_for_minutes_and_then_asked_for_again(client: FlaskClient) -> None:
    answer = client.get("/drawn-town/gtfs.zip")
    assert answer.headers["Cache-Control"] == "public, max-age=300, must-revalidate"
    assert "drawn-town-2024.04.01-1-gtfs.zip" in answer.headers["Content-Disposition"]
    assert answer.headers["Last-Modified"] == "Thu, 28 Mar 2024 09:00:00 GMT"  # when it was published


def test_a_download_that_was_cut_short_goes_on_where_it_stopped(client: FlaskClient) -> None:
    whole = client.get("/drawn-town/gtfs.zip")
    assert whole.headers["Accept-Ranges"] == "bytes"
    rest = client.get("/drawn-town/gtfs.zip", headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]})
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{len(whole.data) - 1}/{len(whole.data)}"
    moved_on = client.get("/drawn-town/gtfs.zip", headers={"Range": "bytes=100-", "If-Range": '"another"'})
    assert (moved_on.status_code, moved_on.data) == (200, whole.data)
    beyond = client.get("/drawn-town/gtfs.zip", headers={"Range": f"bytes={len(whole.data)}-"})
    assert beyond.status_code == 416 and beyond.headers["Content-Range"] == f"bytes */{len(whole.data)}"
    assert beyond.json is not None and beyond.json["error"]["code"] == "requested_range_not_satisfiable"


@pytest.mark.parametrize("asked", [
    {"Range": "bytes=0-1,5-6"}, {"Range": "lines=1-2"}, {"Range": "bytes=100-", "If-Range": "W/{tag}"},
])
def test_what_cannot_be_sent_in_one_part_is_sent_whole(client: FlaskClient, asked: dict[str, str]) -> None:
    whole = client.get("/drawn-town/gtfs.zip")
    headers = {name: value.format(tag=whole.headers["ETag"]) for name, value in asked.items()}
    answer = client.get("/drawn-town/gtfs.zip", headers=headers)
    assert (answer.status_code, answer.data) == (200, whole.data)


def test_who_has_another_version_hears_so_before_any_part_of_this_one(client: FlaskClient) -> None:
    tag = client.get("/drawn-town/gtfs.zip").headers["ETag"]
    for more in ({}, {"Range": "bytes=0-9"}):
        refused = client.get("/drawn-town/gtfs.zip", headers={"If-Match": '"another"', **more})
        assert refused.status_code == 412 and refused.json is not None
        assert refused.json["error"]["code"] == "precondition_failed"
    for known in (tag, "*"):
        assert client.get("/drawn-town/gtfs.zip", headers={"If-Match": known}).status_code == 200, known


def test_who_has_the_file_already_hears_so_whatever_part_is_asked_for(client: FlaskClient) -> None:
    tag = client.get("/drawn-town/gtfs.zip").headers["ETag"]
    same = client.get("/drawn-town/gtfs.zip", headers={"If-None-Match": tag, "Range": "bytes=0-9"})
    assert (same.status_code, same.data) == (304, b"")
    another = client.get("/drawn-town/gtfs.zip", headers={"If-None-Match": '"another"', "Range": "bytes=0-9"})
    assert (another.status_code, len(another.data)) == (206, 10)


def test_head_speaks_of_the_whole_file(client: FlaskClient) -> None:
    whole = client.get("/drawn-town/gtfs.zip")
    head = client.head("/drawn-town/gtfs.zip", headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(whole.data)))


def test_who_wants_the_file_only_as_it_was_hears_where_it_has_moved_on(client: FlaskClient) -> None:
    published = client.get("/drawn-town/gtfs.zip").headers["Last-Modified"]
    for since, status in ((published, 200), ("Wed, 27 Mar 2024 09:00:00 GMT", 412)):
        answer = client.get("/drawn-town/gtfs.zip", headers={"If-Unmodified-Since": since})
        assert answer.status_code == status, since


def test_scripts_of_other_sites_may_ask_conditionally_and_read_the_answer(client: FlaskClient) -> None:
    asked = client.options("/drawn-town/gtfs.zip", headers={"Access-Control-Request-Headers": "if-none-match"})
    assert asked.status_code == 200 and asked.headers["Access-Control-Allow-Origin"] == "*"
    assert {"If-Match", "If-None-Match", "Range"} <= set(asked.headers["Access-Control-Allow-Headers"].split(", "))
    assert "ETag" in client.get("/drawn-town/gtfs.zip").headers["Access-Control-Expose-Headers"]


def test_only_what_a_release_has_is_sent(client: FlaskClient, rows: Connection) -> None:
    client.get("/drawn-town/gtfs.zip")
    rows.exec_driver_sql("DELETE FROM release_file WHERE name = 'layers.gpkg'")
    rows.commit()
    assert client.get("/drawn-town/layers.gpkg").status_code == 404
    assert client.get("/drawn-town/releases/1/passwords.txt").status_code == 404


def test_the_releases_are_a_page_for_people_and_json_for_programs(client: FlaskClient) -> None:
    page = client.get("/drawn-town/releases/", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html" and "/drawn-town/releases/1/gtfs.zip" in page.get_data(as_text=True)
    for listed in (
        client.get("/drawn-town/releases/?f=json"),
        client.get("/drawn-town/releases/", headers={"Accept": "application/json"}),
    ):
        assert listed.json is not None
        assert listed.json["releases"][0]["release"]["valid_from"] == "2024-04-01"
        feed = listed.json["releases"][0]["files"]["gtfs.zip"]
        assert feed["url"] == "https://maps.example/drawn-town/releases/1/gtfs.zip"
