"""What a file is, told by what stands in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.sniff import what_is


@pytest.mark.parametrize("data, kind", [
    (b'<?xml version="1.0"?>\n<data id="ride" version="1"><a/></data>', "instance"),
    (b'\xef\xbb\xbf <orx:data xmlns:orx="x" id="ride">', "instance"),
    (b'<gpx version="1.1" id="odd"><trk/></gpx>', "file"),
    (b"<data><a/></data>", "file"),
    (b"<html id='login'>", "file"),
    (b"<", "file"),
    (b'{"locations":[]}', "overland"),
    (b'{"_type":"location","tst":1}', "owntracks"),
    (b'[{"_type":"location"},{"_type":"lwt"}]', "owntracks"),
    (b'{"location":{"coords":{}},"device_id":"7"}', "traccar"),
    (b'{"v":1,"report":{"id":"x"}}', "record"),
    (b'{"v":1,"kind":"page","recorder":"x","points":[]}', "trail"),
    (b'{"type":"FeatureCollection","features":[]}', "file"),
    (b"type,name,lat,lon\n", "file"),
    (b"[]", "file"), (b"{", "file"), (b"[" * 100_000, "file"), (b"", "file"),
])
def test_what_a_file_is(data: bytes, kind: str) -> None:
    assert what_is(data) == kind


@given(st.binary(max_size=100))
def test_any_bytes_are_something(data: bytes) -> None:
    assert isinstance(what_is(data), str)
