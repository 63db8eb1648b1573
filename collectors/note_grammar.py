"""The small grammar of a collector's note: text to tokens, tokens to quantities with units, the rest to a place.

    note      role? (place | quantity | break)*          "Départ : A > B - 200f - 1h30"
    role      a departure, arrival or stop word          "Départ"
    quantity  number unit | currency number | number     "200f", "1h30", "KES 50", "500"
    place     anything else                              "A > B"

A number belongs to a place unless a unit or its position says otherwise: "Terminus 40", "220 logements".
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.words import Currency, Words, is_word, normalised

UNIT_SLIP_LETTERS = 4
"""After a number a unit is expected, so one slip is forgiven from four letters on: "200 FCA" for FCFA."""

LONGEST_PHRASE = 3
"""Most words of a role or a unit: "francs cfa", "arrêt de bus"."""

LARGEST_NUMBER = 1e9
"""A number above this counts nothing on a ride, in any currency or unit: it is read as infinite."""

_TOKEN = re.compile(r"""
    (?P<number>\d{1,3}(?:[.,\u00a0\u202f]\d{3})+(?!\d) | (?<![^\W_][ ])[1-9][ ]\d{3}(?!\d) | \d+(?:[.,]\d+)?)
    | (?P<arrow>[-=]?>+|→|») | (?P<word>[^\W\d_]+|[$₵₦₱₹৳]) | (?P<break>[-–—:;,/|()\n])""", re.VERBOSE)
_GROUPED = re.compile(r"\d{1,3}([ .,\u00a0\u202f]\d{3})+")
_EDGES = " \t\r\n-–—:;,/|>=→»."


@dataclass(frozen=True)
class Token:
    """A piece of a note: its kind (number, arrow, word, break), its normalised text, and where it stands."""

    kind: str
    text: str
    start: int
    end: int
    value: float = 0.0


@dataclass(frozen=True)
class Quantity:
    """A number and what it counts: ``fare`` (currency units), ``wait`` (seconds) or ``bare`` (no unit).

    A value that is too large to count anything is infinite. ``first`` and ``last`` are the positions of its tokens;
    ``is_terse`` marks a unit of one letter.
    """

    kind: str
    value: float
    first: int
    last: int
    is_terse: bool = False


def tokenised(text: str, words: Words) -> list[Token]:
    """The tokens of a note. A word like "to" between two numbers is a break: "20 à 30 min"."""
    tokens = [_token(match) for match in _TOKEN.finditer(text)]
    for i in range(1, len(tokens) - 1):
        between = tokens[i - 1].kind == tokens[i + 1].kind == "number"
        if between and tokens[i].text in words.range:
            tokens[i] = Token("break", "-", tokens[i].start, tokens[i].end)
    return tokens


def _token(match: re.Match[str]) -> Token:
    kind, text = str(match.lastgroup), match[0]
    if kind != "number":
        return Token(kind, normalised(text) if kind == "word" else text, match.start(), match.end())
    plain = re.sub(r"\D", "", text) if _GROUPED.fullmatch(text) else text.replace(",", ".")
    value = float(plain)
    return Token(kind, text, match.start(), match.end(), value if value <= LARGEST_NUMBER else math.inf)


def leading(tokens: Sequence[Token], start: int, phrases: frozenset[str]) -> int:
    """How many tokens from ``start`` make up one of the phrases; the longest counts, 0 if none does."""
    for count in range(min(LONGEST_PHRASE, len(tokens) - start), 0, -1):
        part = tokens[start:start + count]
        if all(token.kind == "word" for token in part) and is_word(" ".join(t.text for t in part), phrases):
            return count
    return 0


def quantities(tokens: Sequence[Token], start: int, words: Words, currency: Currency) -> list[Quantity]:
    """The numbers from ``start`` on that count something, or that stand alone between breaks."""
    found: list[Quantity] = []
    i = start
    while i < len(tokens):
        quantity = (_time(tokens, i, words) or _fare(tokens, i, currency)
                    or _fare_after_unit(tokens, i, start, currency) or _bare(tokens, i, start, found))
        if quantity is not None:
            found.append(quantity)
            i = quantity.last
        i += 1
    return found


def _is(tokens: Sequence[Token], i: int, kind: str) -> bool:
    return 0 <= i < len(tokens) and tokens[i].kind == kind


def _unit(tokens: Sequence[Token], i: int, phrases: frozenset[str]) -> bool:
    return _is(tokens, i, "word") and is_word(tokens[i].text, phrases, slip_letters=UNIT_SLIP_LETTERS)


def _time(tokens: Sequence[Token], i: int, words: Words) -> Quantity | None:
    if not _is(tokens, i, "number"):
        return None
    value = tokens[i].value
    if _unit(tokens, i + 1, words.minute):
        return Quantity("wait", value * 60, i, i + 1)
    if not _unit(tokens, i + 1, words.hour):
        return None
    last, terse = i + 1, len(tokens[i + 1].text) == 1
    if _is(tokens, i + 2, "number") and tokens[i + 2].value < 60:
        has_unit = _unit(tokens, i + 3, words.minute)
        if has_unit or not _is(tokens, i + 3, "word"):
            last, value, terse = i + 2 + has_unit, value + tokens[i + 2].value / 60, False
    return Quantity("wait", round(value * 3600, 0), i, last, terse)


def _fare(tokens: Sequence[Token], i: int, currency: Currency) -> Quantity | None:
    if not _is(tokens, i, "number"):
        return None
    for count in range(LONGEST_PHRASE, 0, -1):
        part = tokens[i + 1:i + 1 + count]
        unit = " ".join(token.text for token in part)
        if len(part) == count and all(token.kind == "word" for token in part) and (
                is_word(unit, currency.words, slip_letters=UNIT_SLIP_LETTERS)):
            return Quantity("fare", tokens[i].value, i, i + count, len(unit) == 1)
    return None


def _fare_after_unit(tokens: Sequence[Token], i: int, start: int, currency: Currency) -> Quantity | None:
    if not (i == start or tokens[i - 1].kind in ("break", "arrow")) or not is_fare(tokens, i, currency):
        return None
    for count in range(LONGEST_PHRASE, 0, -1):
        part = tokens[i:i + count]
        unit = " ".join(token.text for token in part)
        if all(token.kind == "word" for token in part) and unit in currency.words and _is(tokens, i + count, "number"):
            return Quantity("fare", tokens[i + count].value, i, i + count, len(unit) == 1)
    return None


def is_fare(tokens: Sequence[Token], i: int, currency: Currency) -> bool:
    """Whether the first number from token ``i`` on can be a fare by its size alone."""
    value = next((token.value for token in tokens[i:] if token.kind == "number"), 0.0)
    return is_fare_like(value, currency)


def is_fare_like(value: float, currency: Currency) -> bool:
    """Whether a number without a unit can be a fare: a whole count of the currency's step, and not too large."""
    if currency.step is None or currency.largest is None or not 0 < value <= currency.largest:
        return False
    steps = value / currency.step
    return abs(steps - round(steps)) < 1e-6


def _bare(tokens: Sequence[Token], i: int, start: int, found: Sequence[Quantity]) -> Quantity | None:
    opens = i == start or tokens[i - 1].kind in ("break", "arrow") or (bool(found) and found[-1].last == i - 1)
    closes = i + 1 >= len(tokens) or tokens[i + 1].kind != "word"
    return Quantity("bare", tokens[i].value, i, i) if _is(tokens, i, "number") and opens and closes else None


def place(text: str, tokens: Sequence[Token], start: int, taken: Sequence[Quantity]) -> tuple[str, ...]:
    """The place names from ``start`` on, as typed: the first run of tokens that no quantity takes, cut at arrows."""
    busy = {i for quantity in taken for i in range(quantity.first, quantity.last + 1)}
    run = next((i for i in range(start, len(tokens)) if i not in busy and tokens[i].kind in ("word", "number")), None)
    if run is None:
        return ()
    stop = next((i for i in range(run, len(tokens)) if i in busy), len(tokens))
    cuts = [i for i in range(run, stop) if tokens[i].kind == "arrow"]
    end = tokens[stop].start if stop < len(tokens) else len(text)
    bounds = [tokens[run].start, *(edge for cut in cuts for edge in (tokens[cut].start, tokens[cut].end)), end]
    names = (text[a:b].strip(_EDGES) for a, b in zip(bounds[::2], bounds[1::2]))
    return tuple(name for name in names if name)
