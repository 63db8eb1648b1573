"""What Collect notes of the filling itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collectors.openrosa.audit import read_audit
from collectors.openrosa.values import Place

HEADER = "event,node,start,end,latitude,longitude,accuracy"


def test_events_with_their_times_and_places() -> None:
    events, notices = read_audit(f"""{HEADER}
form start,,1764000000000,,,,
question,/data/name,1764000001500,1764000004000,-1.2921,36.8219,6.2
""".encode())
    assert [(one.event, one.node, one.start_s, one.end_s) for one in events] == [
        ("form start", "", 1764000000.0, None), ("question", "/data/name", 1764000001.5, 1764000004.0)]
    assert [one.place for one in events] == [None, Place(36.8219, -1.2921, None, 6.2)]
    assert notices == []


def test_columns_are_found_by_their_header_whatever_else_was_switched_on() -> None:
    header = "\ufeffevent,node,start,end,old-value,new-value,latitude,longitude,accuracy,user,odd"
    text = f"{header}\r\nquestion,/d/a,1000,2000,x,y,6.5,3.4,5,kofi,1\r\n"
    (event,), _ = read_audit(text.encode())
    assert (event.place, event.user) == (Place(3.4, 6.5, None, 5.0), "kofi")


def test_ragged_rows_and_loose_quotes_are_read_as_far_as_they_go() -> None:
    events, _ = read_audit(f'{HEADER}\nquestion,/d/a\nquestion,/d/"b",1000,2000,6.5,3.4,5,more,cells\n\n'.encode())
    assert [(one.node, one.start_s) for one in events] == [("/d/a", None), ('/d/"b"', 1.0)]


def test_it_is_said_where_the_phone_gave_no_places() -> None:
    _, notices = read_audit(f"{HEADER}\nlocation permissions not granted,,1000,,,,\n".encode())
    assert [notice.code for notice in notices] == ["audit_locations_off"]
    on = "location permissions granted,,1000,,,,\nlocation tracking enabled,,1000,,,,\n"
    _, granted = read_audit(f"{HEADER}\n{on}".encode())
    assert granted == []


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    read_audit(data)
