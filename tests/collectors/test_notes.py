"""Reading notes: presses, names, fares and waits; numbers in place names stay in place names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.notes import PAIR_WINDOW_S, read_notes
from collectors.words import load_words
from mapping_service.errors import Problem
from mapping_service.records import Report, Waypoint

FR = load_words("fr")


def reports(*texts: str, every_s: float = 60.0, language: str = "fr", currency: str = "XOF") -> list[Report]:
    marks = [Waypoint(-4.0, 5.3, i * every_s, text) for i, text in enumerate(texts)]
    return read_notes(marks, load_words(language), currency=currency)


def values(text: str, language: str = "fr", currency: str = "XOF") -> tuple[float | None, float | None]:
    """The fare and the wait in minutes that one text gives."""
    found = reports(text, language=language, currency=currency)
    return (next((report.amount for report in found if report.kind == "fare"), None),
            next((report.wait_s / 60 for report in found if report.wait_s is not None), None))


def kinds(text: str) -> list[str]:
    return [report.kind for report in reports(text)]


def cancelled(*presses: tuple[float, str]) -> list[int]:
    marks = [Waypoint(-4.0, 5.3, t_s, text) for t_s, text in presses]
    return [report.waypoint for report in read_notes(marks, FR, currency="XOF") if report.cancelled]


@pytest.mark.parametrize(("text", "fare", "wait_min"), [
    ("Départ - 200 FCFA - 30 min", 200, 30), ("Départ-200f-1h", 200, 60), ("Depart 250frs 1h30", 250, 90),
    ("Départ :  les rosiers> Gare sud- 500- 30 MIN ", 500, 30), ("depart-200f-30 minuite", 200, 30),
    ("Départ :  Terminus 27 > Gare sud- 1h - 200 FCA", 200, 60), ("terminus 40-200f-30min", 200, 30),
    ("terminus cité administrative-200-35 min", 200, 35), ("depart: aghin>gare woro woro zoo-250", 250, None),
    ("Départ - 1 000 F - 2 h", 1000, 120), ("Départ - 1.500 FCFA", 1500, None), ("30 min", None, 30),
    ("Départ 200 FCFA - 20 min", 200, 20), ("Départ - 200 francs CFA", 200, None)])
def test_fares_and_waits_are_read_in_many_spellings(text: str, fare: float | None, wait_min: float | None) -> None:
    assert values(text) == (fare, wait_min)


@pytest.mark.parametrize(("text", "language", "currency", "fare", "wait_min"), [
    ("Departure: Circle > Madina - GHS 2.50 - 10 mins", "en", "GHS", 2.5, 10),
    ("departure ksh50 1hr", "en", "KES", 50, 60), ("Salida - C$ 2,50 - 15 minutos", "es", "NIO", 2.5, 15),
    ("Partida - 12 MT - 20 minutos", "pt", "MZN", 12, 20), ("kuondoka - 500 tsh - 15 dakika", "sw", "TZS", 500, 15),
    ("Departure - 3 XYZ", "en", "XYZ", 3, None)])
def test_every_language_has_its_words(
        text: str, language: str, currency: str, fare: float, wait_min: float | None) -> None:
    assert values(text, language, currency) == (fare, wait_min)


@pytest.mark.parametrize("name", [
    "commissariat du 16 ème", "Terminus 40", "SIB ALPHA 2000", "220 logements", "Saint Jean 2", "Terminus 81-82",
    "Rue 12", "1er pont", "Pharmacie 24h/24", "9kilos", "Ancien Terminus 90, les arcades"])
def test_numbers_in_place_names_stay_there(name: str) -> None:
    assert [(report.kind, report.name) for report in reports(name)] == [("stop", name)]


@pytest.mark.parametrize(("text", "name"), [
    ("Arrêt", None), ("arrêt de bus", None), ("Aret de Bus", None), ("A L'arrêt", None), ("arrêt :arrêt", None),
    ("arrêt sans indication", None), ("Terminus ", None), ("arrêt :siporex", "siporex"), ("arrêt du CHU", "CHU"),
    ("Arrêt La Faveur", "La Faveur"), ("Terminus: Monty", "Monty"), ("arrêt :terminus 718", "terminus 718"),
    ("Mosquée", "Mosquée"), ("INSP (institut de santé)", "INSP (institut de santé)")])
def test_a_stop_is_named_only_by_what_names_it(text: str, name: str | None) -> None:
    assert [(report.kind, report.name) for report in reports(text)] == [("stop", name)]


def test_a_departure_gives_its_terminal_and_an_arrival_its_own() -> None:
    departure, arrival = reports("Départ : A la gare > Gare sud - 200f", "Arrivée : Liberté > Gare sud")[::2]
    assert (departure.kind, departure.name) == ("departure", "gare")
    assert (arrival.kind, arrival.name) == ("arrival", "Gare sud")


def test_one_note_gives_several_reports_of_the_same_mark() -> None:
    found = reports("vide", "terminus 40-200f-30min")
    assert [(report.kind, report.waypoint) for report in found] == [
        ("occupancy", 0), ("departure", 1), ("fare", 1), ("wait", 1)]


@pytest.mark.parametrize(("text", "level"), [
    ("vide", "empty"), ("mi-plein", "half"), ("Plein", "full"), ("surchargé", "crowded"), ("SURCHRGE", "crowded")])
def test_occupancy_presses_have_a_level(text: str, level: str) -> None:
    assert [(report.kind, report.occupancy) for report in reports(text)] == [("occupancy", level)]


@pytest.mark.parametrize("text", ["", "  ", "...", "Photographie", "Photo 3", "Traces enregistrées"])
def test_what_the_recorder_wrote_is_no_report(text: str) -> None:
    assert kinds(text) == ["other"]


@pytest.mark.parametrize("text", [
    "200", "Départ-200f-1", "Départ 200 30", "Départ - 200-300f", "Départ - 20 à 30 min", "Départ - 6h30",
    "Départ - 99999 F", "Départ - 200 balles", "Départ 200f / 300f", "Sorbonne - 300"])
def test_a_number_that_cannot_be_read_safely_is_left_for_a_person(text: str) -> None:
    assert "unread" in kinds(text)


HUGE = "9" * 400


@pytest.mark.parametrize("text", [
    f"{HUGE}h", f"{HUGE} h 30", f"Départ - {HUGE}h", f"Départ - 200f - {HUGE} min", f"Arrivée - {HUGE}h",
    f"Liberté {HUGE} F", HUGE, f"annulé {HUGE}"])
def test_a_number_beyond_all_measure_is_left_for_a_person(text: str) -> None:
    found = reports(text)
    assert {"unread", "cancel"} & {report.kind for report in found}
    assert all(report.wait_s is None and "99" not in (report.name or "") for report in found)


def test_a_number_beyond_all_measure_is_no_fare_in_any_currency() -> None:
    found = reports(f"Departure - {HUGE} XYZ", language="en", currency="XYZ")
    assert [(report.kind, report.amount) for report in found] == [("departure", None), ("unread", None)]


@pytest.mark.parametrize("name", [
    "Awa 0708123456", "0708123456", "Awa 07 08 12 34 56", "chez Awa 555-1234", "on attend depuis le matin " * 3])
def test_a_stop_name_that_is_personal_or_a_story_is_left_for_a_person(name: str) -> None:
    assert [(report.kind, report.name, report.text) for report in reports(name)] == [("unread", None, name)]


def test_a_departure_stays_one_without_its_personal_name() -> None:
    found = reports("Départ : Awa 0708123456 > Gare sud - 200f")
    assert [(report.kind, report.name, report.amount) for report in found] == [
        ("departure", None, None), ("fare", None, 200), ("unread", None, None)]


@pytest.mark.parametrize("name", ["Rue 123456", "x" * 60])
def test_a_name_just_short_of_that_is_a_name(name: str) -> None:
    assert [(report.kind, report.name) for report in reports(name)] == [("stop", name)]


def test_a_range_gives_neither_of_its_ends() -> None:
    assert values("Départ - 200-300f - 20 à 30 min") == (None, None)


def test_a_cancel_mark_takes_back_the_pair_of_occupancy_and_stop() -> None:
    assert cancelled((0, "vide"), (1, "A"), (60, "vide"), (61, "B"), (70, "annulé"), (80, "C")) == [2, 3]


def test_a_cancel_mark_takes_back_a_lone_occupancy_press_and_not_the_stop_before() -> None:
    assert cancelled((0, "vide"), (1, "A"), (5, "plein"), (7, "Annuler"), (8, "vide"), (9, "B")) == [2]


def test_a_cancel_mark_takes_back_a_run_of_slips() -> None:
    assert cancelled((0, "A"), (60, "vide"), (61, "vide"), (63, "plein"), (64, "annulé")) == [1, 2, 3]


def test_an_old_occupancy_press_is_not_part_of_the_pair() -> None:
    assert cancelled((0, "vide"), (PAIR_WINDOW_S + 1, "A"), (PAIR_WINDOW_S + 2, "annulé")) == [1]


def test_a_cancel_mark_with_a_number_takes_back_so_many() -> None:
    assert cancelled((0, "A"), (20, "plein"), (50, "B"), (51, "annulé les 2 derniers points")) == [1, 2]


def test_a_second_cancel_mark_takes_back_the_press_before_the_first() -> None:
    assert cancelled((0, "A"), (60, "B"), (61, "annulé"), (62, "annulé")) == [0, 1]


def test_a_cancelled_note_takes_back_everything_it_said() -> None:
    found = reports("Départ-200f-1h", "annulé", "Départ-300f-1h")
    assert [report.amount for report in found if report.kind == "fare" and not report.cancelled] == [300]


def test_a_cancel_mark_with_nothing_before_it_takes_back_nothing() -> None:
    assert cancelled((0, "annulé"), (1, "A")) == []


def test_a_city_adds_its_own_words() -> None:
    words = load_words("fr-CI", {"stop": ["gbaka"], "currencies": {"XOF": {"words": ["togo"]}}})
    marks = [Waypoint(0, 5, None, "Gbaka : Liberté"), Waypoint(0, 5, None, "Départ - 200 togo")]
    found = read_notes(marks, words, currency="XOF")
    assert found[0].name == "Liberté" and found[-1].amount == 200


def test_an_unknown_language_or_a_malformed_list_is_a_problem() -> None:
    with pytest.raises(Problem, match="no word list"):
        load_words("../fr")
    malformed = {"stop": "gbaka", "berry": [], "occupancy": {"upside down": []}, "currencies": {"XOF": ["f"]}}
    with pytest.raises(Problem, match="not understood at: stop, berry, occupancy, currencies"):
        load_words("fr", malformed)


@given(st.lists(st.text(alphabet=st.sampled_from("0123456789 fFhHminaàDéprt->:,.'/")) | st.text(), max_size=6))
def test_no_text_makes_the_reader_fail(texts: list[str]) -> None:
    found = reports(*texts)
    assert {report.waypoint for report in found} == set(range(len(texts)))


fares = st.integers(1, 200).map(lambda steps: steps * 25)
waits = st.integers(1, 180)
places = st.sampled_from(["", "Belleville", "Terminus 40", "Simpim 4 Saint Viateur", "Gare sud > Cap nord 2"])


@given(fares, waits, places, st.sampled_from(["f", "F", " FCFA", "frs", " francs", " F CFA"]),
       st.sampled_from(["min", " mn", " minutes", " MINUITE"]), st.sampled_from([" - ", "-", ", ", " / "]),
       st.booleans())
def test_a_fare_and_a_wait_come_back_from_every_spelling(
        fare: int, wait_min: int, place: str, unit: str, minutes: str, separator: str, fare_first: bool) -> None:
    amounts = [f"{fare}{unit}", f"{wait_min}{minutes}"]
    parts = ["Départ", *([place] if place else []), *(amounts if fare_first else reversed(amounts))]
    assert values(separator.join(parts)) == (fare, wait_min)
