"""What filled forms say, from XML that a reader can check by eye."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.forms.build import OWN
from collectors.forms.tell import tell
from collectors.openrosa.instance import read_instance
from mapping_service.records import City, Claim, Notice, Report, ServicePointDraft, Told

CITY = City(1, "town", "Town", "Africa/Nairobi", "KES", "en", False, None, {})
NINE_S = 1764050400.0  # 2025-11-25 09:00 in Nairobi
CLINIC = "5e32ce35-8a89-406b-bee1-ed0970edc40d"
GPX = b"""<gpx version="1.1" creator="Recorder"><wpt lat="-1.2805" lon="36.8205"><time>2025-11-25T06:03:00Z</time>
<name>Kanda</name></wpt><trk><trkseg><trkpt lat="-1.28" lon="36.82"><time>2025-11-25T06:00:00Z</time></trkpt>
<trkpt lat="-1.281" lon="36.821"><time>2025-11-25T06:01:00Z</time></trkpt></trkseg></trk></gpx>"""
AUDIT = b"event,node,start,end,latitude,longitude,accuracy\nquestion,/data/x,1764050410000,,-1.27,36.81,7\n"
VALUES = ["", "no", "yes", "1e9", "-5", "NaN", "36.8 -1.3", "2025-11-25T06:00:00Z", "x y"]


def told(form_id: str, body: str, files: dict[str, bytes] | None = None, meta: str = "") -> Told:
    xml = f'<data id="{form_id}" version="1">{body}<meta>{meta}<instanceID>uuid:1</instanceID></meta></data>'
    return tell(read_instance(xml.encode()), files or {}, CITY)


def agreed(form_id: str, body: str, before: str = "", **more: object) -> Told:
    return told(form_id, f"{before}<consent>yes</consent><told>{body}</told>", **more)  # type: ignore[arg-type]


def test_a_ride_tells_of_its_line_its_stops_who_boarded_and_its_fare() -> None:
    ride = agreed("ride", """
      <began>2025-11-25T06:00:00.000Z</began><route>R1</route><route_label>716</route_label><direction>Soko</direction>
      <occupancy>half</occupancy>
      <stop><place>-1.28 36.82 1700.0 8.5</place><at>2025-11-25T09:01:00.000+03:00</at><known>S1</known>
        <known_label>Kanda</known_label><boarded>3</boarded><alighted/><why/></stop>
      <stop><place>-1.29 36.83</place><at>2025-11-25T06:02:00.000-00:00</at><name>Kona</name><why>traffic</why></stop>
      <fare>50.0</fare><fare_at>2025-11-25T06:05:00.000Z</fare_at><more>yes</more>
      <details><fare_to>Soko</fare_to></details><end_place>-1.3 36.84 0 0</end_place>
    """, before="<start_place>-1.279 36.819 1700 6</start_place>")
    assert ride.claim == Claim(line="716", direction="Soko") and ride.consented is True and ride.notices == []
    assert list(ride.reports) == [
        Report("occupancy", 36.819, -1.279, NINE_S, "", 0, occupancy="half"),
        Report("stop", 36.82, -1.28, NINE_S + 60, "Kanda", 1, name="Kanda", subject="S1"),
        Report("boarding", 36.82, -1.28, NINE_S + 60, "Kanda", 2, name="Kanda", subject="S1", details={"boarded": 3}),
        Report("other", 36.83, -1.29, NINE_S + 120, "Kona", 3, name="Kona", details={"why": "traffic"}),
        Report("fare", 36.84, -1.3, NINE_S + 300, "", 4, amount=50.0, subject="R1", details={"to": "Soko"}),
    ]


def test_a_recording_that_came_along_is_the_rides_trace_with_its_notes_first() -> None:
    body = "<stop><place>-1.28 36.82</place><name>Kona</name></stop><gpx>ride.gpx</gpx>"
    ride = agreed("ride", body, files={"ride.gpx": GPX})
    assert ride.fixes is not None and np.array_equal(ride.fixes.lat, [-1.28, -1.281]) and ride.creator == "Recorder"
    assert [(one.kind, one.name, one.waypoint) for one in ride.reports] == [("stop", "Kanda", 0), ("stop", "Kona", 1)]


def test_a_recording_that_is_not_there_or_none_is_said() -> None:
    assert list(agreed("ride", "<gpx>ride.gpx</gpx>").notices) == [Notice("file_missing", {"file": "ride.gpx"})]
    damaged = agreed("ride", "<gpx>ride.gpx</gpx>", files={"ride.gpx": b"no gpx"})
    assert list(damaged.notices) == [Notice("recording_unread", {"file": "ride.gpx", "problem": "not_xml"})]
    assert damaged.fixes is None


def test_what_was_said_of_no_place_is_placed_by_the_filling_itself_or_kept_as_an_answer_only() -> None:
    body = "<fare>50</fare><fare_at>2025-11-25T06:00:30Z</fare_at><occupancy>full</occupancy>"
    lost = agreed("ride", body)
    assert lost.reports == [] and lost.answers["told/fare"] == "50"
    assert list(lost.notices) == [Notice("no_place", {"kind": "fare", "count": 1}),
                                  Notice("no_place", {"kind": "occupancy", "count": 1})]
    placed = agreed("ride", body, files={"audit.csv": AUDIT}, meta="<audit>audit.csv</audit>")
    assert [(one.kind, one.lon, one.lat) for one in placed.reports] == [("fare", 36.81, -1.27)]


def test_who_does_not_agree_tells_nothing_else() -> None:
    refused = told("ride", "<start_place>-1.28 36.82 0 0</start_place><consent>no</consent><told><fare>5</fare></told>")
    assert refused == Told(answers={"consent": "no"}, consented=False)


def test_a_provisional_id_is_no_subject_and_an_id_shown_as_label_no_name() -> None:
    ride = agreed("ride", """
      <stop><place>1 2</place><known>~4</known><known_label>Soko (~4)</known_label></stop>
      <stop><place>1 2</place><known>S9</known><known_label>S9</known_label></stop>
      <stop><place>1 2</place><name>Ask +254 712 345 678</name></stop>
    """)
    assert [(one.name, one.subject) for one in ride.reports] == [("Soko", None), (None, "S9"), (None, None)]


def test_vehicles_at_a_stop_are_counted_by_line_with_their_headways() -> None:
    def vehicle(at: str, fullness: int, line: str) -> str:
        return f"<vehicle><at>2025-11-25T06:{at}Z</at><fullness>{fullness}</fullness>{line}</vehicle>"

    body = "<place>-1.28 36.82</place><began>2025-11-25T06:00:00Z</began>{}<whole>{}</whole><ended>{}</ended>"
    one, other = "<route>R1</route><route_label>716</route_label>", "<route_new>46</route_new>"
    seen = vehicle("01:00", 4, one) + vehicle("05:00", 2, other) + vehicle("09:00", 0, one)
    first, second = agreed("frequency", body.format(seen, "yes", "2025-11-25T06:20:00Z")).reports
    assert (first.kind, first.name, first.subject, first.t_s) == ("count", "716", "R1", NINE_S)
    assert first.details == {
        "from_s": NINE_S, "to_s": NINE_S + 1200, "vehicles": 2, "whole": True,
        "times_s": [NINE_S + 60, NINE_S + 540], "headways_s": [480.0], "fullness": [4, 0],
    }
    assert (second.name, second.subject, second.details["vehicles"]) == ("46", None, 1)
    assert "headways_s" not in second.details
    first, _ = agreed("frequency", body.format(seen, "no", "2025-11-25T06:20:00Z")).reports
    assert first.details["to_s"] == NINE_S + 540


def test_a_fare_is_told_from_where_to_where() -> None:
    (fare,) = agreed("fare", """
      <route>R2</route><from_known>S1</from_known><from_known_label>Kanda</from_known_label><to_name>Ngong</to_name>
      <amount>1250.5</amount><at>2025-11-25T06:00:00Z</at><extras>rain child</extras>
    """, before="<start_place>-1.28 36.82 0 0</start_place>").reports
    assert fare == Report("fare", 36.82, -1.28, NINE_S, "", 0, amount=1250.5, subject="R2", details={
        "from": "Kanda", "from_id": "S1", "to": "Ngong", "extras": ["child", "rain"]})


def test_a_new_stop_is_known_by_the_id_that_the_phone_gave_it() -> None:
    body = "<place>-1.28 36.82</place><at>2025-11-25T06:00:00Z</at><spoken>Soko</spoken>" \
           "<amenities>seat light</amenities>"
    meta = f'<entity dataset="stops" id="{CLINIC}" create="1"><label>Soko</label></entity>'
    (stop,) = agreed("stop", body, meta=meta).reports
    assert (stop.kind, stop.name, stop.subject) == ("stop", "Soko", CLINIC)
    assert stop.details == {"spoken": "Soko", "amenities": ["light", "seat"]}
    (known,) = agreed("stop", body + "<known>S1</known>", meta=meta).reports
    assert known.subject == "S1"


def test_a_visit_makes_a_service_point_where_the_list_had_none() -> None:
    body = "<place>-1.28 36.82</place><at>2025-11-25T06:00:00Z</at><status>open</status><queue>12</queue>{}"
    meta = f'<entity dataset="service_points" id="{CLINIC}" create="true"><label>Kanda</label></entity>'
    new = agreed("visit", body.format("<kind>clinic</kind><name>Kanda</name>"), meta=meta)
    assert list(new.service_points) == [
        ServicePointDraft("clinic", "Kanda", 36.82, -1.28, CLINIC, {"status": "open"}, row=1)
    ]
    assert [(one.kind, one.subject) for one in new.reports] == [("visit", CLINIC)]
    assert new.reports[0].details == {"status": "open", "queue": 12, "kind": "clinic"}
    held = agreed("visit", body.format("<known>P1</known><known_label>Kanda</known_label>"))
    assert held.service_points == () or list(held.service_points) == []
    assert [(one.name, one.subject) for one in held.reports] == [("Kanda", "P1")]


def test_a_correction_says_what_is_wrong_and_keeps_the_contact_to_itself() -> None:
    body = "<what>renamed</what><known>S1</known><known_label>Kanda</known_label><place>-1.28 36.82 0 0</place>" \
           "<name>Kanda Kuu</name><contact>0712 345 678</contact>"
    correction = agreed("correction", body)
    (report,) = correction.reports
    assert (report.kind, report.name, report.subject) == ("correction", "Kanda Kuu", "S1")
    assert report.details == {"what": "renamed", "was": "Kanda"}
    assert correction.answers["told/contact"] == "0712 345 678"


def test_of_a_form_that_is_not_ours_every_answer_is_kept_and_nothing_claimed() -> None:
    body = "<where>0.1 4.9E-4 0 0</where><row><n>01</n></row><row><n>2.0</n></row><empty/>"
    assert told("market", body) == Told(answers={"where": "0.1 4.9E-4 0 0", "row[1]/n": "01", "row[2]/n": "2.0"})
    assert told("market", "<track>a.gpx</track>", files={"a.gpx": GPX}).fixes is not None


@pytest.mark.parametrize("form_id", OWN)
@given(values=st.lists(st.sampled_from(VALUES), min_size=30, max_size=30))
def test_no_answer_raises_anything(form_id: str, values: list[str]) -> None:
    names = ["place", "at", "known", "known_label", "name", "boarded", "alighted", "why", "occupancy", "fare", "amount",
             "fullness", "route", "whole", "began", "ended", "status", "kind", "what", "queue", "routes", "extras"]
    leaves = "".join(f"<{name}>{value}</{name}>" for name, value in zip(names, values, strict=False))
    said = agreed(form_id, f"{leaves}<stop>{leaves}</stop><vehicle>{leaves}</vehicle>")
    assert [one.waypoint for one in said.reports] == list(range(len(said.reports)))
