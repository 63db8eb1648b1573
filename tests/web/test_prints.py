"""Timetables and maps of the drawn town: what they say, that they print, that they are cached."""

from __future__ import annotations

import os
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from mapping_service.drawing import city
from mapping_service.store.streets import save_streets
from mapping_service.street_records import StreetMap, StreetReading
from mapping_service.web import kept
from tests.factories import at, draw_network, make_city, make_network, make_pattern, make_route
from tests.web.test_alerts import tell
from tests.web.test_pages import HOSTILE, drawn_network, text

pypdfium2 = pytest.importorskip("pypdfium2")


def words_of(pdf: bytes) -> str:
    """The text of a PDF, its spaces made one."""
    pages = pypdfium2.PdfDocument(pdf)
    return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pages).split())


def test_a_route_page_says_in_one_line_how_often_when_and_for_how_much(client: FlaskClient) -> None:
    page = text(client, "/drawn-town/routes/R1")
    assert "every 11–16 min" in page and "partly an estimate" in page
    assert "06:00–15:00" in page and "KES\u00a030–KES\u00a050" in page
    assert '"/drawn-town/routes/R1/timetable"' in page and '"/drawn-town/routes/R1/timetable.pdf"' in page


def test_a_fare_and_a_headway_that_nobody_reported_are_unknown(client: FlaskClient, rows: Connection) -> None:
    rows.exec_driver_sql("DELETE FROM headway")
    rows.commit()
    page = text(client, "/drawn-town/routes/R2/timetable")
    assert "how often: unknown" in page and "fare unknown" in page
    assert "nobody has reported a wait" in page


def test_a_timetable_tells_hours_stops_and_what_is_an_estimate(client: FlaskClient) -> None:
    page = " ".join(text(client, "/drawn-town/routes/R1/timetable").split())
    assert "<bdi>Harbour</bdi> <span class=\"to\">→</span> <bdi>Airport</bdi>" in page
    assert '<th scope="row">06:00–09:00</th> <td><b>every 8–12 min</b></td> <td>16 min</td>' in page
    assert 'every 12–18 min</b> <em class="tag">estimate</em>' in page
    assert '<span class="at">6</span> <bdi>Market</bdi>' in page
    assert "up to 2.5 km</span> <b>KES 30</b>" in page
    assert "nobody has recorded a ride then" in page


def test_a_timetable_prints_on_one_sheet_in_the_language_asked_for(client: FlaskClient) -> None:
    response = client.get("/drawn-town/routes/R1/timetable.pdf?lang=fr")
    assert (response.mimetype, response.headers["Content-Language"]) == ("application/pdf", "fr")
    assert "Accept-Language" in response.headers["Vary"]
    assert len(pypdfium2.PdfDocument(response.data)) == 1
    said = words_of(response.data)
    assert "toutes les 8–12 min" in said and "Harbour – Airport" in said
    assert "Skip to content" not in said and "Langue" not in said


def test_a_route_is_on_a_map_that_scales_and_on_a_sheet_of_a4(client: FlaskClient) -> None:
    response = client.get("/drawn-town/routes/R1/map.svg?lang=fr")
    assert (response.mimetype, response.headers["Content-Language"]) == ("image/svg+xml", "fr")
    root = ElementTree.fromstring(response.data)
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Harbour", "Airport", "Market", "1", "Harbour – Airport", "500\xa0m"} & set(said) >= {"Harbour", "Airport"}
    assert "Drawn Town · Version 1, valable à partir du 1 avr. 2024" in said
    sheet = pypdfium2.PdfDocument(client.get("/drawn-town/routes/R1/map.pdf").data)
    assert [round(side / 72 * 25.4) for side in sheet[0].get_size()] == [297, 210]  # the route lies from west to east
    assert "Market" in words_of(client.get("/drawn-town/routes/R1/map.pdf").data)
    turned = pypdfium2.PdfDocument(client.get("/drawn-town/routes/R2/map.pdf").data)
    assert [round(side / 72 * 25.4) for side in turned[0].get_size()] == [210, 297]


def test_a_map_of_an_invented_city_says_so(client: FlaskClient, rows: Connection) -> None:
    assert "invented" not in text(client, "/drawn-town/routes/R1/map.svg")
    rows.exec_driver_sql("UPDATE city SET synthetic = true")
    rows.commit()
    assert "Sample city: invented" in text(client, "/drawn-town/routes/R1/map.svg")
    assert "Sample city: invented" in words_of(client.get("/drawn-town/routes/R1/map.pdf").data)


def test_under_a_timetable_the_map_is_as_large_as_the_screen_can_tell(client: FlaskClient) -> None:
    page = text(client, "/drawn-town/routes/R1/timetable")
    for size, box in (("page", "0 0 210 105"), ("phone", "0 0 80 110")):
        assert f"for={size}" in page
        root = ElementTree.fromstring(client.get(f"/drawn-town/routes/R1/map.svg?for={size}").data)
        said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
        assert root.attrib["viewBox"] == box and "Harbour" in said and "Harbour – Airport" not in said


def test_streets_lie_under_a_map_and_their_makers_are_thanked(client: FlaskClient, rows: Connection) -> None:
    bare = text(client, "/drawn-town/routes/R1/map.svg")
    city_id, _ = drawn_network(rows)
    grid = StreetMap(
        tail=np.array([0, 1]), head=np.array([1, 2]), against_out=np.zeros(2, dtype=bool),
        against_back=np.zeros(2, dtype=bool), way_id=np.array([7, 8]), kind=np.array(["primary", "service"]),
        first=np.array([0, 2, 4]), lon_lat=np.array([at(0, 0), at(4, 0), at(0, 0), at(0, 1)]),
        signal_lon_lat=np.zeros((0, 2)), stop_lon_lat=np.zeros((0, 2)),
    )
    save_streets(rows, city_id, StreetReading(grid, "drawn.osm", "0" * 64, 0.0, "OpenStreetMap", []))
    rows.commit()
    page = text(client, "/drawn-town/routes/R1/map.svg")
    assert "OpenStreetMap" in page and "OpenStreetMap" not in bare
    assert page.count("#e4dcca") == 1 and bare.count("#e4dcca") == 0


def test_all_routes_are_on_one_sheet_with_an_index(client: FlaskClient) -> None:
    assert '"/drawn-town/network.svg"' in text(client, "/drawn-town")
    root = ElementTree.fromstring(client.get("/drawn-town/network.svg?lang=pt").data)
    said = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"Drawn Town", "Harbour", "Airport", "River", "North End", "River – North End"} <= set(said)
    assert "Transporte informal: 2 linhas" in said
    response = client.get("/drawn-town/network.pdf?lang=en")
    assert (response.mimetype, response.headers["Content-Language"]) == ("application/pdf", "en")
    sheet = pypdfium2.PdfDocument(response.data)
    assert [round(side / 72 * 25.4) for side in sheet[0].get_size()] == [420, 297]  # A3
    assert "River – North End" in words_of(response.data)


def test_a_release_without_routes_has_no_map_and_says_so(client: FlaskClient, rows: Connection) -> None:
    make_network(rows, make_city(rows, slug="bare"))
    rows.commit()
    response = client.get("/bare/network.svg")
    assert response.status_code == 404 and "network.svg" not in text(client, "/bare")


def test_what_took_long_is_kept_until_the_next_release(
    client: FlaskClient, rows: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/drawn-town/network.svg").data
    french = client.get("/drawn-town/network.svg?lang=fr").data
    assert first != french
    monkeypatch.setattr(city, "draw", lambda *_: pytest.fail("drawn again"))
    assert client.get("/drawn-town/network.svg?lang=en").data == first
    assert len(list((tmp_path / "drawings" / "drawn-town").glob("*/*"))) == 2
    monkeypatch.undo()
    city_id, _ = drawn_network(rows)
    draw_network(rows, city_id, make_network(rows, city_id, release_number=2))
    rows.commit()
    monkeypatch.setenv("COMMONWAY_DATA", str(tmp_path))
    assert "2" in ElementTree.fromstring(client.get("/drawn-town/network.svg?lang=en").data).itertext()
    assert len(list((tmp_path / "drawings" / "drawn-town").glob("*/*"))) == 1


def test_what_was_kept_is_made_again_once_a_font_has_been_installed(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fonts = tmp_path / "fonts"
    (fonts / "noto").mkdir(parents=True)
    monkeypatch.setattr(kept, "_FONTS", (str(fonts), str(tmp_path / "nowhere")))
    made: list[object] = []
    draw = city.draw

    def drawn(*given: Any) -> Any:
        made.append(given)
        return draw(*given)

    monkeypatch.setattr(city, "draw", drawn)
    for _ in range(2):
        assert client.get("/drawn-town/network.svg").status_code == 200
    assert len(made) == 1
    (fonts / "noto" / "Ethiopic.ttf").touch()
    os.utime(fonts / "noto", (2e9, 2e9))
    client.get("/drawn-town/network.svg")
    assert len(made) == 2


@pytest.mark.parametrize(
    "path", [*(f"routes/R1/{name}" for name in ("timetable", "timetable.pdf", "map.svg", "map.pdf")), "network.svg"]
)
def test_the_same_is_sent_once(client: FlaskClient, path: str) -> None:
    path = f"/drawn-town/{path}"
    first, again = client.get(path), client.get(path)
    assert first.data == again.data
    etag = first.headers["ETag"]
    assert not etag.startswith("W/") and client.get(path, headers={"If-None-Match": etag}).status_code == 304
    assert client.get(f"{path}?lang=sw", headers={"If-None-Match": etag}).status_code == 200


def test_names_of_every_script_are_printed_and_letters_without_a_font_are_owned_up_to(
    client: FlaskClient, rows: Connection
) -> None:
    def renamed(name: str, route_id: str) -> str:
        rows.exec_driver_sql("UPDATE stop SET name = %s WHERE stop_id = 'S3'", (name,))
        rows.commit()
        return words_of(client.get(f"/drawn-town/routes/{route_id}/timetable.pdf").data)

    assert "could not be printed" not in renamed("Hôtel du Golfe – Ɛyɛ", "R1")
    assert "could not be printed" in renamed("\U000f0042", "R2")  # for private use: in no font


def test_a_hostile_name_stays_text(client: FlaskClient, rows: Connection) -> None:
    rows.exec_driver_sql("UPDATE stop SET name = %s", (HOSTILE,))
    rows.exec_driver_sql("UPDATE route SET long_name = %s", (HOSTILE,))
    rows.commit()
    assert "<script>alert" not in text(client, "/drawn-town/routes/R1/timetable")
    assert "<script>alert(1)" in words_of(client.get("/drawn-town/routes/R1/timetable.pdf").data).replace(" ", "")


def test_without_pango_all_but_pdf_goes_on(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setitem(sys.modules, "weasyprint", Broken("weasyprint"))
    response = client.get("/drawn-town/routes/R1/timetable.pdf")
    assert response.status_code == 503 and "libpango-1.0-0" in response.get_data(as_text=True)
    assert client.get("/drawn-town/routes/R1/map.svg").status_code == 200


def test_the_ids_of_other_feeds_may_hold_any_letter(client: FlaskClient, rows: Connection) -> None:
    city_id, network_id = drawn_network(rows)
    make_route(rows, city_id, network_id, 'A/é "1"', runs=0, short_name="9")
    make_pattern(rows, city_id, network_id, "P9", 'A/é "1"', [("S1", at(0, 0)), ("S2", at(1, 0))], runs=0)
    rows.commit()
    path = "/drawn-town/routes/A%2F%C3%A9%20%221%22"
    assert f'href="{path.replace("%2F", "/")}/timetable.pdf"' in text(client, f"{path}/timetable")
    assert "Dashed: one run or none" in text(client, f"{path}/map.svg")
    named = client.get(f"{path}/map.pdf").headers["Content-Disposition"]
    assert named == 'inline; filename="drawn-town-A-1--map.pdf"'


def test_a_timetable_tells_what_is_different_right_now_but_not_on_paper(client: FlaskClient, rows: Connection) -> None:
    tell(rows, route_ids=["R1"])
    assert "Bridge closed" in text(client, "/drawn-town/routes/R1/timetable")
    assert "Bridge closed" not in text(client, "/drawn-town/routes/R2/timetable")
    assert "Bridge closed" not in words_of(client.get("/drawn-town/routes/R1/timetable.pdf").data)


def test_an_unknown_route_has_no_timetable(client: FlaskClient) -> None:
    assert client.get("/drawn-town/routes/R99/timetable").status_code == 404
    for name in ("timetable.pdf", "map.svg", "map.pdf"):
        assert client.get(f"/drawn-town/routes/R99/{name}").status_code == 404
