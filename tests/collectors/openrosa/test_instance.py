"""Filled forms as the clients write them, and as nobody should."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.limits import MAX_XML_DEPTH
from collectors.openrosa.instance import read_instance
from mapping_service.errors import Problem

JAVAROSA = b"""<?xml version='1.0' ?><data id="ride" orx:version="1" version="2026112301"
 xmlns:ev="http://www.w3.org/2001/xml-events" xmlns:orx="http://openrosa.org/xforms"
 xmlns:odk="http://www.opendatakit.org/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
 xmlns:jr="http://openrosa.org/javarosa" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
 <start>2026-11-23T03:32:10.949Z</start>
 <stops><stop><name>Harbour</name><photo>1764000000000.jpg</photo></stop><stop><name>Mill</name><photo /></stop></stops>
 <note/><orx:meta><orx:instanceID>uuid:0a</orx:instanceID><orx:deprecatedID>uuid:09</orx:deprecatedID>
 <audit>audit.csv</audit></orx:meta></data>"""


def test_names_are_told_without_their_prefix_and_repeats_by_their_place() -> None:
    read = read_instance(JAVAROSA)
    assert (read.form_id, read.instance_id, read.deprecated_id) == ("ride", "uuid:0a", "uuid:09")
    assert read.answers == {"start": "2026-11-23T03:32:10.949Z", "stops/stop[1]/name": "Harbour",
                            "stops/stop[1]/photo": "1764000000000.jpg", "stops/stop[2]/name": "Mill"}
    assert [stop.value("name") for stop in read.root.all("stops/stop")] == ["Harbour", "Mill"]
    assert read.root.value("note") is None and read.root.value("stops/stop/photo") == "1764000000000.jpg"


def test_files_are_those_that_the_form_names_the_audit_among_them() -> None:
    read = read_instance(JAVAROSA)
    assert read.file_names == ("1764000000000.jpg", "audit.csv")
    assert read.names("Mill") and not read.names("other.jpg")


def test_a_form_of_web_forms_declares_no_namespace() -> None:
    read = read_instance(b'<data id="ride"><a>1</a><meta><instanceID>uuid:1</instanceID></meta></data>')
    assert (read.version, read.instance_id, read.answers) == ("", "uuid:1", {"a": "1"})


@pytest.mark.parametrize("xml, found", [
    (b'<d id="f" instanceID="of the root"><a>1</a></d>', "of the root"),
    (b'<d id="f" instanceID="of the root"><meta><instanceID>of meta</instanceID></meta></d>', "of meta"),
    (b'<d id="f"><meta/></d>', None),
    (b'<d id="f"><meta><instanceID> plain-id </instanceID></meta></d>', "plain-id"),
])
def test_the_id_of_an_instance_is_looked_for_where_clients_put_it(xml: bytes, found: str | None) -> None:
    assert read_instance(xml).instance_id == found


@pytest.mark.parametrize("xml", [
    b'<data id="f" encrypted="yes"/>',
    b'<data id="f"><base64EncryptedKey>Tq==</base64EncryptedKey></data>',
])
def test_an_encrypted_envelope_is_recognised(xml: bytes) -> None:
    assert read_instance(xml).encrypted and not read_instance(b'<data id="f"/>').encrypted


LAUGHS = b'<!DOCTYPE a [' + b"".join(
    b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"ha") for i in range(10)) + b']><a id="f">&l9;</a>'


@pytest.mark.parametrize("xml, code", [
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a id="f">&x;</a>', "entities_refused"),
    (LAUGHS, "entities_refused"),
    (b'<a id="f">' + b"<b>" * 200 + b"</b>" * 200 + b"</a>", "too_deep"),
    (b"<a><b/></a>", "no_form_id"),
    (b'<a id=" "/>', "no_form_id"),
    (b'<a id="f"><b></a>', "bad_xml"),
    (b'<a id="f"', "bad_xml"),
    (b"", "bad_xml"),
    (b"lat=1&lon=2", "bad_xml"),
    (b'<?xml version="1.0" encoding="klingon"?><a id="f"/>', "bad_xml"),
    (b'<a id="f">' + b"<b/>" * 100_000 + b"</a>", "too_many_answers"),
], ids=["xxe", "laughs", "200 deep", "no id", "blank id", "crossed", "cut", "empty", "no xml", "encoding", "many"])
def test_what_no_client_writes_is_refused_before_it_costs_anything(xml: bytes, code: str) -> None:
    """A text of 10^10 laughs, or a recursion as deep as the form, would never come back."""
    with pytest.raises(Problem) as refusal:
        read_instance(xml)
    assert refusal.value.code == code


def test_the_deepest_form_that_is_read() -> None:
    inner = MAX_XML_DEPTH - 1
    assert len(read_instance(b'<a id="f">' + b"<b>" * inner + b"1" + b"</b>" * inner + b"</a>").answers) == 1


@given(st.binary(max_size=200) | st.text(alphabet='<>/ab="& id', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(xml: bytes) -> None:
    try:
        assert read_instance(xml).form_id
    except Problem as problem:
        assert problem.sentence


_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="<>&"), min_size=1).map(str.strip)


@given(st.lists(st.tuples(st.sampled_from("abc"), _TEXT.filter(bool)), max_size=8))
def test_every_answer_is_found_under_a_path_of_its_own(pairs: list[tuple[str, str]]) -> None:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in pairs)
    assert sorted(read_instance(f'<d id="f">{inner}</d>'.encode()).answers.values()) == sorted(t for _, t in pairs)
