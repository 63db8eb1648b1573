"""The XML that OpenRosa clients read: whatever stands in it, it is XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from mapping_service.web.openrosa_xml import FormEntry, MediaEntry, form_list, integrity, manifest, message

LIST = "{http://openrosa.org/xforms/xformsList}"
_ANY = st.text(max_size=20)


@given(_ANY, _ANY, _ANY)
def test_any_text_makes_an_entry_that_parses(form_id: str, name: str, version: str) -> None:
    entry = FormEntry(form_id, name, version, "0" * 32, "https://x/?a=1&b=2", None)
    (one,) = ET.fromstring(form_list([entry]))
    assert one.findtext(f"{LIST}downloadUrl") == "https://x/?a=1&b=2"
    assert one.find(f"{LIST}manifestUrl") is None


@given(st.lists(st.tuples(_ANY, st.booleans())), _ANY)
def test_so_do_manifests_answers_and_what_is_gone(pairs: list[tuple[str, bool]], sentence: str) -> None:
    entries = [MediaEntry(name, "0", "u", "i" if gone else None) for name, gone in pairs]
    assert len(ET.fromstring(manifest(entries))) == len(pairs)
    ET.fromstring(message(sentence, "submit_success"))
    gone = dict(pairs)
    found = [one.findtext("deleted") for one in ET.fromstring(integrity(gone)).iter("entity")]
    assert found == [str(value).lower() for value in gone.values()]
