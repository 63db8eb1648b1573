"""Which of a note's numbers are its fare and its wait. When in doubt a number is left for a person, never guessed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collectors.note_grammar import Quantity, Token, is_fare_like
from collectors.words import Currency

MAX_WAIT_S = 3 * 3600
"""Longest believable wait of a vehicle at its terminal, in seconds; beyond it the number means a time of day."""


@dataclass(frozen=True)
class Amounts:
    """Fare in units of the currency, wait in seconds; ``taken`` holds the quantities that are no part of a place."""

    fare: float | None
    wait_s: int | None
    taken: Sequence[Quantity]
    is_unread: bool


def amounts(tokens: Sequence[Token], start: int, found: Sequence[Quantity], currency: Currency,
            *, is_leaving: bool) -> Amounts:
    """Choose the fare and the wait among the quantities found from token ``start`` on.

    A number with a unit counts anywhere in a note about a departure, elsewhere only at the edge of the text. A number
    without one counts only behind every place name, if another part of the note shows that it is about a departure,
    and if it is the only one that can be a fare. Two values of one kind ("200-300f", "20 à 30 min") are unread.
    """
    units = [q for q in found if q.kind != "bare" and (is_leaving or _stands_out(q, tokens, start, found, currency))]
    bare = _behind_places(tokens, start, found, units)
    ranges = [(low, high) for low in bare for high in units if _is_range(low, high, tokens, currency)]
    doubtful = {quantity for pair in ranges for quantity in pair}
    has_context = is_leaving or bool(units)
    fare_like = [q for q in bare if is_fare_like(q.value, currency) and q not in doubtful]
    fares = [q for q in units if q.kind == "fare"]
    if has_context and not fares and len(fare_like) == 1:
        fares = fare_like
    counted = [*units, *(q for q in fares if q.kind == "bare")]
    open_numbers = [q for q in bare if q not in counted and q not in doubtful
                    and (q in fare_like or any(c.last < q.first for c in counted) or len(tokens) == 1)]
    fare = _one_value([q for q in fares if q not in doubtful], 0, currency.largest)
    wait_s = _one_value([q for q in units if q.kind == "wait" and q not in doubtful], 0, MAX_WAIT_S)
    lost = (fare is None and bool(fares)) or (wait_s is None and any(q.kind == "wait" for q in units))
    return Amounts(fare, None if wait_s is None else round(wait_s), [*counted, *open_numbers, *doubtful],
                   lost or bool(open_numbers) or bool(doubtful))


def _one_value(chosen: Sequence[Quantity], above: float, largest: float | None) -> float | None:
    values = {quantity.value for quantity in chosen}
    value = values.pop() if len(values) == 1 else None
    if value is None or not above < value < math.inf:
        return None
    return value if largest is None or value <= largest else None


def _stands_out(quantity: Quantity, tokens: Sequence[Token], start: int, found: Sequence[Quantity],
                currency: Currency) -> bool:
    """Whether a number with a unit is an amount outside a departure: at an edge and believable, or of no place."""
    busy = {i for q in found for i in range(q.first, q.last + 1)}
    sides = (range(start, quantity.first), range(quantity.last + 1, len(tokens)))
    if math.isinf(quantity.value):
        return True
    at_edge = any(all(i in busy or tokens[i].kind == "break" for i in side) for side in sides)
    if quantity.kind == "wait":
        return at_edge and 0 < quantity.value <= MAX_WAIT_S
    return at_edge and (not quantity.is_terse or is_fare_like(quantity.value, currency))


def _behind_places(tokens: Sequence[Token], start: int, found: Sequence[Quantity],
                   units: Sequence[Quantity]) -> list[Quantity]:
    """The numbers without a unit behind the last token of a place; those before it belong to the place."""
    bare = [q for q in found if q.kind == "bare"]
    counted = {i for q in (*bare, *units) for i in range(q.first, q.last + 1)}
    places = [i for i in range(start, len(tokens)) if tokens[i].kind in ("word", "number") and i not in counted]
    return [q for q in bare if not places or q.first > places[-1]]


def _is_range(low: Quantity, high: Quantity, tokens: Sequence[Token], currency: Currency) -> bool:
    """Whether two neighbours read like the ends of a range, "20-30 min"; "500 - 30 min" does not."""
    between = tokens[low.last + 1:high.first]
    if low.last >= high.first or any(token.kind != "break" for token in between):
        return False
    if low.value >= tokens[high.first].value:
        return False
    return high.kind == "wait" or is_fare_like(low.value, currency)
