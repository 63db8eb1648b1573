"""Votes over noisy spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.names import name_key, said_by, tidy, vote


def test_spellings_that_differ_in_case_accents_and_punctuation_are_one_name() -> None:
    winner, votes = vote(["Gare d'Abobo", "GARE D ABOBO", "gâre  d’abobo.", "Adjamé", "Adjamé"])
    assert name_key(winner or "") == "gare d abobo"
    assert sorted(votes.values()) == [2, 3]


def test_the_spelling_used_most_is_shown() -> None:
    assert vote(["Adjame", "Adjamé", "Adjamé"]) == ("Adjamé", {"Adjamé": 3})


def test_nobody_voted() -> None:
    assert vote([]) == (None, {})
    assert vote(["", "  ", "…", "--"]) == (None, {})


def test_votes_stand_the_most_voted_first() -> None:
    votes = vote(["Mill", "Port", "Zoo", "Port", "Zoo", "Port"])[1]
    assert list(votes.items()) == [("Port", 3), ("Zoo", 2), ("Mill", 1)]


@given(st.permutations(["Zoo", "Mill", "mill", "Mill Road", "Port", "Pórt", "Zoo"]))
def test_a_tie_does_not_depend_on_the_order_of_the_votes(names: list[str]) -> None:
    winner, votes = vote(names)
    assert winner == "Mill"
    assert list(votes.items()) == [("Mill", 2), ("Pórt", 2), ("Zoo", 2), ("Mill Road", 1)]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("marché central", "Marché central"),
        ("école", "École"),
        ("BINGERVILLE", "Bingerville"),
        ("GARE NORD", "Gare Nord"),
        ("CHU COCODY", "CHU Cocody"),
        ("McCarthy Hill", "McCarthy Hill"),
        ("220 logements", "220 logements"),
        ("4e étage", "4e étage"),
        ("", ""),
        ("225", "225"),
        ("محطة", "محطة"),
    ],
)
def test_names_are_shown_in_mixed_case(typed: str, shown: str) -> None:
    assert tidy(typed) == shown


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_are_counted_once_each(names: list[str]) -> None:
    winner, votes = vote(names)
    assert sum(votes.values()) == sum(1 for name in names if name_key(tidy(" ".join(name.split()))))
    assert (winner is None) == (not votes)
    assert vote(list(reversed(names))) == (winner, votes)


@pytest.mark.parametrize(
    ("one", "other"), [("काला", "किला"), ("ঢাকা", "ঢেকি")], ids=["devanagari", "bengali"]
)
def test_vowel_signs_of_other_scripts_are_neither_accents_nor_punctuation(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pharmacie de la Paix", "Pharm. de la paix"),
        ("St Michel", "Saint Michel"),
        ("Av. 15", "Avenue 15"),
        ("Adjamé Liberté", "Adajmé liberté"),
        ("Boulangerie Baguette", "Boulangerie Baquette"),
        ("Tropicana", "Troppicana"),
        ("43ème BIMA", "43 eme Bima"),
        ("መርካቶ ገበያ", "መርካቶ  ገበያ"),
        ("محطة الجامعة", "محطّة الجامعة"),
    ],
)
def test_noisy_spellings_of_one_name_are_one(one: str, other: str) -> None:
    _, votes = vote([one, one, other])
    assert list(votes.values()) == [3]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zone A", "Zone B"), ("Terminus 81", "Terminus 84"), ("Gare Nord", "Gare Sud"), ("Mill", "Hill"),
        ("Avant le pont", "Après le pont"), ("Carrefour", "Carrefour Duncan"), ("መርካቶ", "ፒያሳ"), ("محطة", "جامعة"),
    ],
)
def test_names_of_different_places_stay_apart(one: str, other: str) -> None:
    assert len(vote([one, other])[1]) == 2


def test_the_spelling_heard_nearby_decides_between_two() -> None:
    assert vote(["Angré Djibbi", "Angre Djbi"], ["Angré Djibi", "Angre Djbi"])[0] == "Angre Djbi"
    assert vote([], ["Angré"]) == (None, {})


def test_of_two_spellings_said_alike_the_one_with_its_accents_is_shown() -> None:
    assert vote(["Adjame", "Adjamé"])[0] == "Adjamé"


def test_a_person_who_says_a_name_often_has_one_voice() -> None:
    said = [("Mill", "ann"), ("mill", "ann"), ("Mill", "ben"), ("Port", "ann")]
    assert sorted(said_by(said)) == ["Mill", "Mill", "Port"]


@given(st.lists(st.tuples(st.text(max_size=8), st.sampled_from("abc")), max_size=8))
def test_names_of_people_do_not_depend_on_their_order(said: list[tuple[str, str]]) -> None:
    assert said_by(said) == said_by(list(reversed(said)))
    assert len(said_by(said)) <= len(said)
