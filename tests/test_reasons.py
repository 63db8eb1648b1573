"""Why something was set aside is told in the language of who reads it."""

from __future__ import annotations

import pytest

from mapping_service.reasons import SENTENCES, of_message, sentence, to_sender
from mapping_service.web.language import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_told_in_every_language_of_the_pages(language: str) -> None:
    for code in SENTENCES:
        values = dict.fromkeys("of fixes needed days_ahead years failure km needed_m percent times correlation form "
                               "version original instance rows".split(), "7")
        assert sentence(code, values, language).endswith(".")


def test_a_city_whose_language_we_do_not_write_is_told_in_english() -> None:
    assert sentence("no_times", {"fixes": 3}, "yo-NG") == sentence("no_times", {"fixes": 3}, "en")
    assert sentence("no_times", {"fixes": 3}, "fr-CI").startswith("Ses 3 positions")


def test_who_sent_a_ride_twice_does_not_hear_the_name_of_another_file() -> None:
    told = to_sender("same_ride", {"of": "kofi.gpx"}, "fr")
    assert told.startswith("Le même trajet est déjà arrivé : un autre fichier")
    assert to_sender(None, {}) == ""


def test_what_was_left_out_of_a_message_is_counted() -> None:
    assert of_message("points_dropped", {"bad_times": 2, "null_island": 1}, "es") == (
        "Se dejó fuera: posiciones sin hora legible (2), posiciones en 0, 0 (1)."
    )
    assert of_message("message_unreadable", {"message": "It is no JSON."}, "fr") == "It is no JSON."
