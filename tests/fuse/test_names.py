"""Votes over noisy spellings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping_service.fuse.names import name_key, tidy, vote


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
    assert list(votes.items()) == [("Mill", 2), ("Port", 2), ("Zoo", 2), ("Mill Road", 1)]


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
