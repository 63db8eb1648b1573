"""What a collector's marks say: button presses and typed notes into reports.

**What a cancel mark takes back.** Collectors press the occupancy when the vehicle halts and name the stop one or two
seconds later (median 1 s over 5,500 pairs of the Abidjan survey, nine in ten within 15 s; from one stop to the next
occupancy never under 5 s). Its 93 cancel marks follow, as a rule within seconds, either a lone occupancy press that was
a slip, several of them in a row, or a finished pair. So a cancel mark takes back the last press that still stands, and

- if that is an occupancy press, the occupancy presses straight before it too, each within ``PAIR_WINDOW_S`` of the
  next;
- if it is anything else, the occupancy press straight before it, if within ``PAIR_WINDOW_S``: the two are one halt;
- if the mark holds a number ("annulé les 2 derniers points"), exactly that many presses.

There is no limit on how long ago the press was: a mark cannot mean anything but what came before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collectors.note_amounts import amounts
from collectors.note_grammar import Token, is_fare_like, leading, place, quantities, tokenised
from collectors.words import Currency, Words, is_word, normalised
from mapping_service.records import Report, Waypoint

PAIR_WINDOW_S = 15.0
"""An occupancy press and its stop press are at most this many seconds apart (Abidjan survey: nine pairs in ten)."""

MAX_CANCELLED = 20
"""Most presses that the number in one cancel mark is believed to mean."""

MAX_NAME_CHARS = 60
"""Longest place name, in characters; beyond it a text tells a story (Abidjan survey: at most 52, one excepted)."""

PERSONAL_DIGITS = 7
"""So many digits in a row, however grouped, are a telephone or identity number and no part of a place name."""

_PERSONAL = re.compile(rf"\d(?:[ .\-]?\d){{{PERSONAL_DIGITS - 1}}}")


def names_something(text: str) -> bool:
    """Whether a text can be the name of a place or a line: no story, and nobody's number."""
    return len(text) <= MAX_NAME_CHARS and not _PERSONAL.search(text)


@dataclass(frozen=True)
class _Note:
    """What one text says, before it is tied to a waypoint."""

    kind: str | None = None
    name: str | None = None
    fare: float | None = None
    wait_s: int | None = None
    occupancy: str | None = None
    is_unread: bool = False


def read_notes(waypoints: Sequence[Waypoint], words: Words, *, currency: str) -> list[Report]:
    """The reports of a ride, in the order of its waypoints; a note with a fare and a wait gives several.

    ``currency`` is the city's ISO 4217 code. A text that seems to hold a fare or a time that cannot be read safely
    gives a report of kind ``unread``, for a person to look at, besides whatever could be read. So does a text whose
    place name looks personal or is none (see ``PERSONAL_DIGITS``, ``MAX_NAME_CHARS``): it names nothing, and no stop.
    """
    money = words.currency(currency)
    notes = [_read(waypoint.text, words, money) for waypoint in waypoints]
    taken_back = _taken_back(waypoints, [note.kind for note in notes])
    return [replace(report, cancelled=i in taken_back)
            for i, (waypoint, note) in enumerate(zip(waypoints, notes)) for report in _reports(i, waypoint, note)]


def _reports(i: int, waypoint: Waypoint, note: _Note) -> list[Report]:
    blank = Report("other", waypoint.lon, waypoint.lat, waypoint.t_s, waypoint.text, i)
    reports = []
    if note.kind is not None:
        reports.append(replace(blank, kind=note.kind, name=note.name, occupancy=note.occupancy))
    if note.fare is not None:
        reports.append(replace(blank, kind="fare", name=note.name, amount=note.fare))
    if note.wait_s is not None:
        reports.append(replace(blank, kind="wait", name=note.name, wait_s=note.wait_s))
    if note.is_unread:
        reports.append(replace(blank, kind="unread"))
    return reports


def _read(text: str, words: Words, currency: Currency) -> _Note:
    norm = normalised(text)
    if not norm or is_word(re.sub(r"( \d+)+$", "", norm), words.boilerplate):
        return _Note("other")
    if is_word(norm.split()[0], words.cancel):
        return _Note("cancel")
    level = _level(norm, words.occupancy)
    if level is not None:
        return _Note("occupancy", occupancy=level)
    return _impersonal(_read_place(text, words, currency))


def _impersonal(note: _Note) -> _Note:
    """The note without a name that must not be published."""
    if note.name is None or names_something(note.name):
        return note
    return replace(note, kind=None if note.kind == "stop" else note.kind, name=None, is_unread=True)


def _level(norm: str, levels: Mapping[str, str]) -> str | None:
    return levels.get(norm) or next((level for word, level in levels.items() if is_word(norm, (word,))), None)


def _read_place(text: str, words: Words, currency: Currency) -> _Note:
    tokens = tokenised(text, words)
    role, start = _role(tokens, words)
    has_arrow = any(token.kind == "arrow" for token in tokens)
    is_leaving = role == "departure" or (role is None and has_arrow)
    found = quantities(tokens, start, words, currency)
    read = amounts(tokens, start, found, currency, is_leaving=is_leaving)
    has_amount = read.fare is not None or read.wait_s is not None
    if is_leaving or (role is None and has_amount and leading(tokens, 0, words.terminal)):
        role = "departure"
    names = place(text, tokens, start, read.taken)
    if role is None or role == "stop":
        kind = None if not names and read.taken else "stop"
        return _Note(kind, _stop_name(names[0], words) if names else None, read.fare, read.wait_s, None, read.is_unread)
    name = _after_preposition(names[-1 if role == "arrival" else 0], words) if names else None
    is_unread = read.is_unread or (role == "departure" and read.fare is None and _hides_amount(name, words, currency))
    return _Note(role, name or None, read.fare, read.wait_s, None, is_unread)


def _role(tokens: Sequence[Token], words: Words) -> tuple[str | None, int]:
    """Departure, arrival, stop or none, and where the rest begins. A stop word stays with the name for now."""
    for role, phrases in (("departure", words.departure), ("arrival", words.arrival)):
        count = leading(tokens, 0, phrases)
        if count:
            return role, count
    return ("stop" if leading(tokens, 0, words.stop) else None), 0


def _hides_amount(name: str | None, words: Words, currency: Currency) -> bool:
    """Whether a departure's place name looks as if it ended in an amount: "Abobo 200", "220 balles", "30mnt"."""
    tokens = tokenised(name or "", words)
    if not tokens:
        return False
    last, before = tokens[-1], tokens[-2:-1]
    if last.kind == "number":
        return is_fare_like(last.value, currency)
    if not before or before[0].kind != "number" or last.text in words.ordinal:
        return False
    return before[0].end == last.start or is_fare_like(before[0].value, currency)


def _stop_name(name: str, words: Words) -> str | None:
    """The name without the words that only say "stop": "arrêt :siporex" is siporex, "Arrêt de bus" has none."""
    tokens = tokenised(name, words)
    count = leading(tokens, 0, words.stop)
    rest = name[tokens[count].start:] if 0 < count < len(tokens) else ("" if count else name)
    if not count:
        is_label = (size := leading(tokens, 0, words.terminal)) and tokens[size:] and tokens[size].text == ":"
        rest = name[tokens[size].end:] if is_label else name
    rest = rest.strip(" :;,-–—./")
    if count and tokens[count:] and tokens[count].kind == "word":
        rest = _after_preposition(rest, words)
    norm = normalised(rest)
    if not any(char.isalpha() for char in norm):
        return name if norm else None
    return None if any(is_word(norm, known) for known in (words.stop, words.terminal, words.nameless)) else rest


def _after_preposition(name: str, words: Words) -> str:
    tokens = tokenised(name, words)
    count = leading(tokens, 0, words.preposition)
    return name[tokens[count].start:] if 0 < count < len(tokens) else name


def _taken_back(waypoints: Sequence[Waypoint], kinds: Sequence[str | None]) -> set[int]:
    """The waypoints that a cancel mark takes back; see the head of this module."""
    taken: set[int] = set()
    standing: list[int] = []
    for i in _in_time(waypoints):
        if kinds[i] != "cancel":
            standing.append(i)
            continue
        number = re.search(r"\d+", waypoints[i].text)
        count = int(min(float(number[0]), MAX_CANCELLED)) if number else _last_press(standing, waypoints, kinds)
        taken.update(standing[len(standing) - count:] if 0 < count <= len(standing) else standing[:0])
        del standing[max(0, len(standing) - count):]
    return taken


def _in_time(waypoints: Sequence[Waypoint]) -> list[int]:
    """The waypoints in order of time, or of the file where any has none."""
    times = [waypoint.t_s for waypoint in waypoints]
    return list(range(len(times))) if None in times else sorted(range(len(times)), key=lambda i: times[i] or 0.0)


def _last_press(standing: Sequence[int], waypoints: Sequence[Waypoint], kinds: Sequence[str | None]) -> int:
    """How many of the standing presses make up the last one: a pair, a run of occupancy presses, or one."""
    if not standing:
        return 0
    count = 1
    is_run = kinds[standing[-1]] == "occupancy"
    while count < len(standing) and kinds[standing[-count - 1]] == "occupancy" and (is_run or count == 1):
        earlier, later = waypoints[standing[-count - 1]].t_s, waypoints[standing[-count]].t_s
        if earlier is None or later is None or later - earlier > PAIR_WINDOW_S:
            break
        count += 1
    return count
