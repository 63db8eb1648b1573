"""The marks that a collector makes on a ride: stops, load, fare and wait, mistakes taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from collectors.simulator.motion import Drive
from collectors.simulator.settings import RideSettings
from collectors.simulator.typed import LANGUAGES, Language, departure_note, misspelt, pick

Mark = tuple[float, str]

CANCEL_AFTER_S = (2.0, 6.0)  # how soon a wrong press is taken back
OCCUPANCY_AFTER_S = (0.5, 4.0)  # the load is marked in the same moment as the stop
NOTE_BEFORE_S = (5.0, 60.0)  # fare and wait are typed shortly before departure


@dataclass(frozen=True)
class Journey:
    """What there is to mark: the names of the pattern's stops, fare and wait, which terminals the ride includes."""

    drive: Drive
    stop_names: Sequence[str]
    fare: float
    wait_min: int
    lead_in_s: float
    from_terminal: bool
    to_terminal: bool


def marks(journey: Journey, generic_share: float, settings: RideSettings, rng: np.random.Generator) -> list[Mark]:
    """All marks in order of time: (seconds from departure, text). ``generic_share`` is this collector's habit."""
    language = LANGUAGES[settings.language]
    made: list[Mark] = []
    load = int(rng.integers(0, 4))
    at_ends = set(journey.drive.stop_index[:1].tolist() if journey.from_terminal else [])
    at_ends |= set(journey.drive.stop_index[-1:].tolist() if journey.to_terminal else [])
    for stop, arrive_s in zip(journey.drive.stop_index.tolist(), journey.drive.arrive_s.tolist(), strict=True):
        if stop in at_ends or rng.random() >= settings.press_share:
            continue
        press_s = arrive_s + rng.uniform(0, settings.reaction_max_s)
        load = int(np.clip(load + rng.integers(-1, 2), 0, 3))
        made += _stop(press_s, journey.stop_names[stop], generic_share, language, settings, rng)
        if rng.random() < settings.occupancy_share:
            made.append((press_s + rng.uniform(*OCCUPANCY_AFTER_S), language.occupancy[load]))
        if rng.random() < settings.mistake_share:
            wrong_s = press_s + rng.uniform(8.0, 12.0)
            made += [(wrong_s, pick(language.stop, rng)),
                     (wrong_s + rng.uniform(*CANCEL_AFTER_S), pick(language.cancel, rng))]
    return sorted(_departure(journey, language, settings, rng) + made + _arrival(journey, language, rng))


def _stop(press_s: float, name: str, generic_share: float, language: Language, settings: RideSettings,
          rng: np.random.Generator) -> list[Mark]:
    if not name or rng.random() < generic_share:
        return [(press_s, pick(language.stop, rng))]
    typed = misspelt(name, rng) if rng.random() < settings.misspelt_share else name
    return [(press_s, (pick(language.stop_prefix, rng) if rng.random() < 0.2 else "") + typed)]


def _departure(journey: Journey, language: Language, settings: RideSettings, rng: np.random.Generator) -> list[Mark]:
    if not journey.from_terminal or rng.random() >= settings.departure_note_share:
        return []
    slip = rng.choice([0.1, 10.0]) if rng.random() < settings.fare_slip_share else 1.0
    before_s = min(rng.uniform(*NOTE_BEFORE_S), journey.lead_in_s)
    note = departure_note(journey.fare * slip, journey.wait_min, journey.stop_names[0], journey.stop_names[-1],
                          language, settings.currency, rng)
    return [(-before_s, note)]


def _arrival(journey: Journey, language: Language, rng: np.random.Generator) -> list[Mark]:
    if not journey.to_terminal:
        return []
    text = pick(language.arrival, rng).format(end=journey.stop_names[-1]).strip(" :")
    return [(journey.drive.end_s + rng.uniform(0.5, 5.0), text)]
