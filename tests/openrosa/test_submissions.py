"""Filled forms and their files, sent as Collect sends them. T9 to T26, T32 to T36 and T39 of the conformance list."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from mapping_service.store.forms import publish, set_state
from mapping_service.store.instances import keep_unknown
from mapping_service.store.people import add_key
from tests.openrosa.collect import BOUNDARY, Answer, Collect, Rejected, exchange, multipart, split
from tests.openrosa.conftest import Town, form
from tests.openrosa.filled import filled, new_id

FORM_TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
PHOTOS = {"one.jpg": b"\xff\xd8one", "two.jpg": b"\xff\xd8two"}


def post(town: Town, body: bytes | Iterator[bytes], query: str = "") -> Answer:
    """One request as given, whatever Collect would have made of it."""
    return exchange("POST", f"{town.phone.server}/submission{query}", body, FORM_TYPE)


def xml_of(town: Town) -> list[bytes]:
    """The forms as the inbox holds them."""
    return [bytes(one[0]) for one in town.ask(
        "SELECT bytes FROM inbox JOIN instance ON submission_id = inbox_id WHERE inbox.city_id = :city_id "
        "ORDER BY inbox_id"
    )]


def test_a_form_is_kept_byte_for_byte_and_thanked_for(town: Town) -> None:
    """T9."""
    xml = filled(own := new_id())
    (answer,) = town.phone.send(xml)
    assert (answer.status, answer.message) == (201, "Saved. Thank you.")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert xml_of(town) == [xml] and town.states() == [(own, "received", None)]


def test_the_same_form_again_is_the_same_form(town: Town) -> None:
    """T10."""
    xml = filled(new_id())
    assert [town.phone.send(xml)[0].status for _ in range(3)] == [201, 201, 201]
    assert town.count("instance") == town.count("submission") == town.count("inbox") == town.count("arrival") == 1


def test_another_form_under_the_same_id_is_refused_and_kept_aside(town: Town) -> None:
    """T11: the first counts; the other waits for a person, however often it is sent."""
    own = new_id()
    town.phone.send(filled(own, "Harbour"))
    for _ in range(2):
        answer = post(town, multipart(filled(own, "Airport", files=["a.jpg"]), [("a.jpg", b"photo")]))
        assert (answer.status, "kept for your manager" in answer.message) == (409, True)
    first, second = town.states()
    assert first == (own, "received", None) and second[1:] == ("quarantined", "instance_conflict")
    assert [b"Harbour" in xml for xml in xml_of(town)] == [True, False]
    assert town.files() == {"a.jpg": b"photo"}


def test_one_id_in_two_forms_is_two_forms(town: Town) -> None:
    own = new_id()
    assert [town.phone.send(filled(own, form=one))[0].status for one in ("ride", "stop")] == [201, 201]
    assert town.count("instance") == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_files_in_two_requests_come_together_in_either_order(town: Town, order: tuple[int, int]) -> None:
    """T12 and T15."""
    xml = filled(new_id(), files=list(PHOTOS))
    bodies = list(split(xml, PHOTOS, len(xml) + 6))
    assert [b"*isIncomplete*" in body for body in bodies] == [True, False]
    assert [post(town, bodies[one]).status for one in order] == [201, 201]
    assert town.files() == PHOTOS
    assert town.ask("SELECT complete FROM instance WHERE city_id = :city_id") == [(True,)]


def test_it_is_said_how_many_files_are_still_to_come(town: Town) -> None:
    """T15."""
    xml = filled(new_id(), files=list(PHOTOS))
    answer = post(town, multipart(xml, [("one.jpg", b"\xff\xd8one")], incomplete=True))
    assert (answer.status, answer.message) == (201, "Saved. Thank you. 1 file is still to come.")
    assert town.ask("SELECT complete FROM instance WHERE city_id = :city_id") == [(False,)]
    assert town.ask("SELECT name, inbox_id IS NULL FROM attachment WHERE city_id = :city_id ORDER BY name") == [
        ("one.jpg", False), ("two.jpg", True)]


def test_requests_repeated_from_the_first_add_nothing(town: Town) -> None:
    """T13: after a lost answer Collect begins anew."""
    xml = filled(new_id(), files=list(PHOTOS))
    bodies = list(split(xml, PHOTOS, len(xml) + 6))
    for body in (bodies[0], bodies[0], *bodies):
        assert post(town, body).status == 201
    assert (town.count("instance"), town.count("attachment"), town.count("inbox")) == (1, 2, 3)


def test_other_bytes_under_the_name_of_a_file_take_its_place_and_lose_nothing(town: Town) -> None:
    xml = filled(new_id(), files=["a.jpg"])
    for data in (b"first", b"second", b"first", b"second"):
        town.phone.send(xml, {"a.jpg": data})
    held = town.files()
    assert held.pop("a.jpg") == b"second" and sorted(held.values()) == [b"first", b"second"]
    assert town.ask("SELECT count(*) FROM attachment WHERE city_id = :city_id AND named") == [(1,)]


def test_more_files_have_a_form_read_again(town: Town) -> None:
    xml = filled(new_id(), files=list(PHOTOS))
    post(town, multipart(xml, [("one.jpg", b"\xff\xd8one")]))
    for sent, status in (("one.jpg", "accepted"), ("two.jpg", "received")):
        with town.rows.begin():
            town.rows.execute(text("UPDATE submission SET status = 'accepted' WHERE city_id = :c"), {"c": town.city_id})
        post(town, multipart(xml, [(sent, PHOTOS[sent])]))
        assert town.states()[0][1] == status, sent


def test_a_file_that_the_form_does_not_name_is_kept_aside(town: Town) -> None:
    """T14."""
    town.phone.send(filled(new_id(), files=["one.jpg"]), {"one.jpg": b"1", "stray.bin": b"2"})
    assert town.ask("SELECT name, named FROM attachment WHERE city_id = :city_id ORDER BY name") == [
        ("one.jpg", True), ("stray.bin", False)]


def test_150_files_come_in_two_requests(town: Town) -> None:
    """T16."""
    files = {f"{number}.jpg": b"photo %d" % number for number in range(150)}
    assert len(town.phone.send(filled(new_id(), files=list(files)), files)) == 2
    assert town.files() == files and town.count("instance") == 1


def test_a_large_form_is_split_at_the_size_that_we_prefer(town: Town) -> None:
    files = {f"{number}.jpg": bytes([number]) * 2_000_000 for number in range(5)}
    assert len(town.phone.send(filled(new_id(), files=list(files)), files)) == 3
    assert town.files() == files


@pytest.mark.parametrize("name", ["fîlé صادق.jpg", "two words.jpg", "日本.m4a"])
def test_names_of_files_in_any_script(town: Town, name: str) -> None:
    """T17."""
    town.phone.send(filled(new_id(), files=[name]), {name: b"photo"})
    assert town.ask("SELECT name, named FROM attachment WHERE city_id = :city_id") == [(name, True)]


@pytest.mark.parametrize("sent, kept", [
    ("../../etc/passwd", "passwd"), (r"..\\..\\boot.ini", "boot.ini"), ("/abs/photo.jpg", "photo.jpg"),
    ("nul\0l.jpg", "null.jpg"), ("..", ".."), ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
])
def test_a_name_is_never_a_path(town: Town, sent: str, kept: str) -> None:
    """T18: it is text in a table."""
    assert post(town, multipart(filled(new_id()), [(sent, b"data")])).status == 201
    assert town.files() == {kept: b"data"}


@pytest.mark.parametrize("body", [
    f"--{BOUNDARY}--\r\n".encode(), b"", b"no multipart at all", multipart(b"x").replace(b"xml_submission", b"other"),
])
def test_a_request_without_a_form_is_refused(town: Town, body: bytes) -> None:
    """T19."""
    answer = post(town, body)
    assert (answer.status, answer.message) == (400, "The form did not arrive whole. Send it again.")
    assert town.count("inbox") == 0


def test_a_body_that_breaks_off_leaves_nothing(town: Town) -> None:
    """T20: cut inside the last part, inside the form, and by a connection that dies."""
    body = multipart(filled(new_id(), files=["one.jpg"]), [("one.jpg", b"photo" * 100)])
    for end in (len(body) - 200, 250):
        assert post(town, body[:end]).status == 400
    parts = urlsplit(town.phone.server)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as dying:
        head = f"POST {parts.path}/submission HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        dying.sendall((head + f"Content-Type: {FORM_TYPE['Content-Type']}\r\n\r\n").encode() + body[:-100])
    assert town.phone.send(filled(new_id()))[0].status == 201  # whatever came before it was dealt with or waits
    assert (town.count("instance"), town.count("inbox"), town.count("attachment")) == (1, 1, 0)


def test_a_body_in_pieces_of_no_stated_length(town: Town) -> None:
    """T21."""
    body = multipart(filled(new_id(), files=["one.jpg"]), [("one.jpg", b"photo" * 1000)])
    assert post(town, (body[i : i + 997] for i in range(0, len(body), 997))).status == 201
    assert town.files() == {"one.jpg": b"photo" * 1000}


@pytest.mark.parametrize("as_field", [False, True])
def test_a_line_of_40000_points_as_a_file_and_as_a_field(town: Town, as_field: bool) -> None:
    """T22: Werkzeug's own limit of a field is half of it."""
    line = "; ".join(f"{6 + i / 1e5:.6f} {3 + i / 1e5:.6f} 0.0 4.5" for i in range(40_000))
    xml = filled(new_id(), line)
    body = multipart(xml)
    if as_field:
        body = body.replace(b'; filename="form.xml"\r\nContent-Type: text/xml', b"")
    assert len(body) > 1_000_000 and post(town, body).status == 201
    assert xml_of(town) == [xml]


@pytest.mark.parametrize("query, device", [
    ("?deviceID=collect%3Aabc", "collect:abc"), ("?deviceID=", None), ("", None), ("?deviceID=" + "x" * 300, "x" * 255),
    ("?deviceID=first&deviceID=second", "first"), ("?deviceID=a%00b", "ab"),
])
def test_the_device_is_noted_and_never_believed(town: Town, query: str, device: str | None) -> None:
    """T23."""
    assert post(town, multipart(filled(new_id())), query).status == 201
    assert town.ask("SELECT device_id FROM instance WHERE city_id = :city_id") == [(device,)]


def test_any_version_ever_published_is_taken_and_an_unknown_one_kept_aside(town: Town) -> None:
    """T24."""
    with town.rows.begin():
        publish(town.rows, town.city_id, form("ride", "2"), {}, builtin=False)
    statuses = [town.phone.send(filled(new_id(), version=version))[0].status for version in ("1", "2", "3")]
    assert statuses == [201, 201, 202]
    assert [row[1:] for row in town.states()] == [
        ("received", None), ("received", None), ("quarantined", "version_unknown")]


@pytest.mark.parametrize("state, status, row", [("closing", 201, ("received", None)),
                                                ("closed", 202, ("quarantined", "form_closed"))])
def test_a_closing_form_is_taken_and_a_closed_one_kept_aside(
    town: Town, state: str, status: int, row: tuple[str, str | None]
) -> None:
    """T25, the half of the submission."""
    with town.rows.begin():
        set_state(town.rows, town.city_id, "ride", state)
    assert town.phone.send(filled(new_id()))[0].status == status
    assert town.states()[0][1:] == row


def test_an_unknown_form_is_kept_aside_with_its_files(town: Town) -> None:
    answers = [town.phone.send(filled("uuid:1", form="other", files=["a.jpg"]), {"a.jpg": b"1"})[0] for _ in range(2)]
    assert [one.status for one in answers] == [202, 202]
    assert answers[0].message == "Saved and kept for your manager: this form is not one of this city."
    assert town.states() == [("uuid:1", "quarantined", "form_unknown")] and town.files() == {"a.jpg": b"1"}


@pytest.mark.parametrize("sent, status", [
    ({"form": "other"}, 404), ({"version": "9"}, 404), ({"form": "stop"}, 409), ({"replaces": "uuid:never"}, 404),
])
def test_a_city_may_refuse_what_it_does_not_know(town: Town, sent: dict[str, Any], status: int) -> None:
    with town.rows.begin():
        keep_unknown(town.rows, town.city_id, False)
        set_state(town.rows, town.city_id, "stop", "closed")
    with pytest.raises(Rejected, match=f"^{status}: [A-Z]"):
        town.phone.send(filled(new_id(), **sent))
    assert town.count("inbox") == 0


def test_edits_take_the_place_of_what_they_edit_with_its_files(town: Town) -> None:
    """T26."""
    one, two, three = new_id(), new_id(), new_id()
    town.phone.send(filled(one, files=list(PHOTOS)), PHOTOS)
    town.phone.send(filled(two, "Mill", replaces=one, files=["one.jpg", "new.jpg"]), {"new.jpg": b"new"})
    assert town.phone.send(filled(three, "Quay", replaces=two, files=["one.jpg"]))[0].message == "Saved. Thank you."
    assert town.states() == [(one, "duplicate", "edited"), (two, "duplicate", "edited"), (three, "received", None)]
    held = town.ask("SELECT instance_id, name FROM attachment JOIN instance USING (submission_id) "
                    "WHERE inbox_id IS NOT NULL AND attachment.city_id = :city_id ORDER BY submission_id, name")
    assert held == [(one, "one.jpg"), (one, "two.jpg"), (two, "new.jpg"), (two, "one.jpg"), (three, "one.jpg")]


def test_a_stale_edit_is_refused_and_kept_aside(town: Town) -> None:
    """T26."""
    one, two, late = new_id(), new_id(), new_id()
    town.phone.send(filled(one))
    edit = filled(two, "Mill", replaces=one)
    town.phone.send(edit)
    with pytest.raises(Rejected, match="^409: This form was corrected already"):
        town.phone.send(filled(late, "Quay", replaces=one))
    assert town.phone.send(edit)[0].status == 201  # a lost answer: the same edit again
    assert town.states()[1] == (two, "received", None)
    assert town.states()[2][1:] == ("quarantined", "edit_stale")


def test_an_edit_of_what_never_came_or_is_somebody_elses_is_kept_aside(town: Town) -> None:
    """T26."""
    town.phone.send(filled(theirs := new_id()))
    with town.rows.begin():
        other = add_key(town.rows, town.city_id, "ama")
        manager = add_key(town.rows, town.city_id, "boss", role="manager")
    phones = [Collect(town.phone.server.replace(town.key, key)) for key in (other, manager)]
    assert phones[0].send(filled(new_id(), replaces="uuid:never"))[0].status == 202
    assert phones[0].send(filled(new_id(), replaces=theirs))[0].status == 202
    assert phones[1].send(filled(new_id(), "Mill", replaces=theirs))[0].status == 201
    assert [row[1:] for row in town.states()] == [
        ("duplicate", "edited"), ("quarantined", "original_unknown"), ("quarantined", "original_unknown"),
        ("received", None)]


@pytest.mark.parametrize("xml, message", [
    (b"<data><place/></data>", "What was sent does not say which form it is."),  # T32
    (b'<data id="ride"><place>', "The form did not arrive whole. Send it again."),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a id="ride">&x;</a>', "The form declares a document"),
    (b'<a id="ride">' + b"<b>" * 200 + b"</b>" * 200 + b"</a>", "The form nests questions"),
])
def test_what_cannot_be_a_form_is_refused_with_a_sentence(town: Town, xml: bytes, message: str) -> None:
    """T31 and T32."""
    answer = post(town, multipart(xml))
    assert answer.status == 400 and answer.message.startswith(message)
    assert town.count("inbox") == 0


def test_an_id_of_any_shape_is_an_id(town: Town) -> None:
    """T33."""
    for own in ("42", "a/b:c", "urn:x"):
        town.phone.send(filled(own))
    assert [row[0] for row in town.states()] == ["42", "a/b:c", "urn:x"]
    assert town.ask("SELECT file_name FROM arrival WHERE city_id = :city_id ORDER BY arrival_id LIMIT 2") == [
        ("forms/ride/42.xml",), ("forms/ride/a_b:c.xml",)]


def test_a_form_without_an_id_is_known_by_its_bytes(town: Town) -> None:
    """T34."""
    xml = b'<data id="ride" version="1"><place>Harbour</place></data>'
    assert [town.phone.send(sent)[0].status for sent in (xml, xml, xml.replace(b"Harbour", b"Mill"))] == [201, 201, 201]
    assert [str(row[0])[:7] for row in town.states()] == ["sha256:", "sha256:"]


def test_an_encrypted_form_is_refused_and_kept_aside(town: Town) -> None:
    """T35."""
    xml = b'<data id="ride" encrypted="yes"><base64EncryptedKey>Tq==</base64EncryptedKey><meta><instanceID>uuid:1' \
          b"</instanceID></meta><encryptedXmlFile>submission.xml.enc</encryptedXmlFile></data>"
    for _ in range(2):
        answer = post(town, multipart(xml, [("submission.xml.enc", b"\0secret")]))
        assert answer.status == 400 and answer.message.startswith("This form is encrypted")
    assert town.states() == [("uuid:1", "quarantined", "encrypted")]


def test_what_is_too_large_is_refused_in_words(town: Town) -> None:
    """T36."""
    answer = post(town, multipart(filled(new_id()), [("film.mp4", bytes(51_000_000))]))
    assert (answer.status, answer.message) == (
        413, "This is too large. At most 50 MB can be sent at once: send smaller photos.")
    assert answer.headers["x-openrosa-accept-content-length"] == "5000000" and town.count("inbox") == 0


def test_a_form_that_was_taken_back_is_not_taken_again(town: Town) -> None:
    """T39."""
    xml = filled(own := new_id())
    town.phone.send(xml)
    address = f"{town.phone.server}/forms/ride/submissions/{own}"
    assert [exchange("DELETE", address).status for _ in range(2)] == [204, 204]
    with pytest.raises(Rejected, match="^409: This form was deleted"):
        town.phone.send(xml)
    assert town.states() == [(own, "quarantined", "deleted")]


def test_nobody_takes_back_what_somebody_else_sent(town: Town) -> None:
    """T39."""
    town.phone.send(filled(own := new_id()))
    with town.rows.begin():
        keys = add_key(town.rows, town.city_id, "ama"), add_key(town.rows, town.city_id, "boss", role="manager")
    addresses = [f"{town.phone.server.replace(town.key, key)}/forms/ride/submissions/{own}" for key in keys]
    assert exchange("DELETE", addresses[0]).status == 404 and town.states()[0][1] == "received"
    assert exchange("DELETE", addresses[1]).status == 204 and town.states()[0][1] == "quarantined"


GPX = b'<gpx version="1.1"><trk><trkseg>' + b"".join(
    b'<trkpt lat="-1.3" lon="%.4f"><time>2026-11-23T06:%02d:00Z</time></trkpt>' % (36.8 + i / 100, i) for i in range(12)
) + b"</trkseg></trk></gpx>"
STOPS = "".join(f"<stop><place>-1.3 36.8{i} 0 5</place></stop>" for i in range(3))


def ride(inner: str) -> bytes:
    """One of our own forms of a ride, as far as a thank-you needs it."""
    told = f"<consent>yes</consent><told>{inner}</told>"
    return f'<data id="ride" version="1">{told}<meta><instanceID>{new_id()}</instanceID></meta></data>'.encode()


@pytest.mark.parametrize("inner, files, said", [
    (STOPS + "<gpx>r.gpx</gpx>", {"r.gpx": GPX}, "Trip saved: 3 stops, 12.2 km. Thank you."),
    (STOPS, {}, "Trip saved: 3 stops. Thank you."),
    ("<gpx>r.gpx</gpx>", {"r.gpx": GPX}, "Trip saved: 12.2 km. Thank you."),
    ("<gpx>r.gpx</gpx>", {}, "Saved. Thank you. 1 file is still to come."),
    ("<gpx>r.gpx</gpx>", {"r.gpx": b"no recording"}, "Saved. Thank you."),
    ("", {}, "Saved. Thank you."),
])
def test_a_ride_is_thanked_for_with_what_is_in_it(
    town: Town, inner: str, files: dict[str, bytes], said: str
) -> None:
    assert town.phone.send(ride(inner), files)[0].message == said


def test_a_ride_is_counted_in_the_citys_language(town: Town) -> None:
    with town.rows.begin():
        town.rows.execute(text("UPDATE city SET language = 'ar' WHERE city_id = :c"), {"c": town.city_id})
    assert town.phone.send(ride(STOPS))[0].message == "تم حفظ الرحلة: 3 مواقف. شكرًا لك."


@pytest.mark.parametrize("language, said", [("sw-KE", "Imehifadhiwa"), ("ar", "تم الحفظ"), ("yo", "Saved.")])
def test_the_answer_is_in_the_citys_language(town: Town, language: str, said: str) -> None:
    with town.rows.begin():
        town.rows.execute(text("UPDATE city SET language = :l WHERE city_id = :c"), {"l": language, "c": town.city_id})
    answer = town.phone.send(filled(new_id()))[0]
    assert answer.message.startswith(said)
    assert answer.headers["content-language"] == ("en" if language == "yo" else language.split("-")[0])
