"""What collectors type: names with slips, notes on fare and wait, file labels; forms seen in public survey traces."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SHORT_WORD = 4  # letters; shorter words are typed without slips


@dataclass(frozen=True)
class Language:
    """The words of one language; ``occupancy`` rises from empty to crowded.

    Templates know ``fare``, ``long`` and ``short`` (the currency), ``wait``, ``start`` and ``end``.
    """

    stop: tuple[str, ...]
    stop_prefix: tuple[str, ...]
    occupancy: tuple[str, str, str, str]
    cancel: tuple[str, ...]
    departure: tuple[str, ...]
    arrival: tuple[str, ...]
    minutes: tuple[str, ...]
    hour: tuple[str, ...]
    peak: str


@dataclass(frozen=True)
class Money:
    """How fares look in one currency: flag fall, price per km, the coin they are rounded to, and how it is typed."""

    base: float
    per_km: float
    coin: float
    long: tuple[str, ...]
    short: tuple[str, ...]


LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        ("Stop", "stop", "Bus stop", "Stage"), ("stop: ", "Stop - "), ("empty", "half full", "full", "crowded"),
        ("cancelled", "cancel", "Canceled"),
        ("Departure - {fare} {long} - {wait}", "Departure - {fare}{short} - {wait}", "Depart-{fare}{short}-{wait}",
         "Depart {fare}{short} {wait}", "Departure: {start} > {end} - {fare} {long} - {wait}",
         "Departure - {start} - {fare}{short}"),
        ("Arrival: {end}", "Arrived {end}", "Terminus", "Terminus {end}"),
        ("{n} min", "{n}min", "{n} mins", "{n} minutes"), ("1h", "1 hour", "1hr"), "peak"),
    "fr": Language(
        ("Arrêt", "arrêt", "Arret", "Arrêt de bus"), ("arrêt :", "Arrêt "), ("vide", "mi-plein", "plein", "surchargé"),
        ("annulé", "annule", "Annulé"),
        ("Départ - {fare} {long} - {wait}", "Départ - {fare}{short} - {wait}", "Départ-{fare}{short}-{wait}",
         "Depart {fare}{short} {wait}", "Départ : {start} > {end} - {fare} {long} - {wait}",
         "Départ - {start} - {fare}{short}"),
        ("Arrivée : {end}", "Arrivé : {end}", "Terminus", "terminus {end}"),
        ("{n} min", "{n}min", "{n}mn", "{n} minutes"), ("1h", "1H", "1 heure"), "HP"),
}

MONEY: Mapping[str, Money] = {
    "XOF": Money(100.0, 25.0, 50.0, ("FCFA", "Fcfa", "frc"), ("F", "f")),
    "KES": Money(20.0, 5.0, 10.0, ("KES", "Ksh", "shillings"), ("sh", "bob", "Ksh")),
}


def money(currency: str) -> Money:
    """The look of a currency; one without an entry is typed by its code, in units of 1."""
    return MONEY.get(currency, Money(5.0, 1.0, 1.0, (currency,), (currency.lower(),)))


def pick(options: Sequence[str], rng: np.random.Generator) -> str:
    """One of the options, all equally likely."""
    return options[int(rng.integers(len(options)))]


def misspelt(name: str, rng: np.random.Generator) -> str:
    """The name as typed in haste: one slip of accent, case, a lost, doubled or swapped letter, or a shortened word."""
    slip = int(rng.integers(6))
    if slip == 0:
        return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c)).lower()
    if slip == 1:
        return pick((name.upper(), name.lower(), name + " "), rng)
    words = name.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= SHORT_WORD]
    if not long:
        return name.lower()
    i = long[int(rng.integers(len(long)))]
    at = int(rng.integers(1, len(words[i]) - 1))
    word = words[i]
    words[i] = (word[:at] + word[at + 1:], word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2:], word[:SHORT_WORD] + ".")[slip - 2]
    return " ".join(words)


def departure_note(fare: float, wait_min: int, start: str, end: str, language: Language, currency: str,
                   rng: np.random.Generator) -> str:
    """Fare and terminal wait as free text, such as "Départ - 200 FCFA - 30 min" or "Depart 200f 1h"."""
    look = money(currency)
    wait = pick(language.hour, rng) if wait_min == 60 else pick(language.minutes, rng).format(n=wait_min)
    return pick(language.departure, rng).format(fare=f"{fare:g}", long=pick(look.long, rng), wait=wait,
                                                short=pick(look.short, rng), start=start, end=end)


def label(line: str, way: str, headsign: str, peak: bool, language: Language, rng: np.random.Generator) -> str:
    """What a collector calls the file."""
    rush = f" {language.peak}" if peak else ""
    return pick((f"{line} {way}", f"{line} {way}{rush}", f"{line}{way}", f"{line} {headsign} {way}{rush}",
                 f"{line.lower()} {headsign}"), rng)
