"""Which group of rides is which line that somebody else drew, where what riders told speaks for it. Pure.

Two lines may share nine tenths of their way, and a bus and a minibus all of it, so that going the same way is not
enough to take a line's id. What speaks for it, in this order:

- what riders called it: the number that the line has, or the words of its name (``_told``);
- that its rides begin and end where the line does, and miss nothing of it (``review/ways.py``);
- who they say runs it.

A line that is called something else is another line. Each goes to one group at most, the best first. Where two fit as
well as each other nobody decides but a person: ``Settled.open`` names them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mapping_service.fuse.names import name_key
from mapping_service.parameters import Parameters
from mapping_service.records import Floats, NetworkDraft, Ride
from mapping_service.review.ways import Fit, same_ways, ways_of

_FEWEST_WORDS = 2  # one alone may be the kind of vehicle, or the city
NOTHING_SAID: Mapping[str, Any] = {}
_STEM_CHARS = 4  # words that begin alike are one: typed short, or with the letters that a phone has


@dataclass(frozen=True)
class Called:
    """What a route is called: its number, its name, what riders said and how often, and who is said to run it."""

    short_name: str | None = None
    long_name: str | None = None
    said: Mapping[str, int] = field(default_factory=dict)
    brands: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lines:
    """Routes of one side: the way (n, 2; metres) and the route of each pattern, what each route is called."""

    ways: Mapping[str, Floats]
    routes: Mapping[str, str]
    called: Mapping[str, Called]


@dataclass(frozen=True)
class Settled:
    """What goes with what: routes with the lines that they are (``pairs``), patterns with those whose way they go
    (``fits``), each pattern of theirs with that of ours which stands for it from now on (``heirs``), routes with the
    lines of which they may be one (``open``).
    """

    pairs: Mapping[str, str]
    fits: Sequence[Fit]
    heirs: Mapping[str, str]
    open: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class _Kin:
    """How a route of ours stands to a line, of which it goes some ``ways``. ``told`` 0–1 is how far riders call it so,
    ``None`` where nobody said."""

    ours: str
    theirs: str
    told: float | None
    ends: bool
    brand: bool
    apart: float
    ways: frozenset[str]
    number: str | None

    def level(self, p: Parameters) -> int:
        """2: riders call it so; 1: all of its way says so and no name speaks against it; 0: only its way; -1: no."""
        if self.told is not None and self.told >= p.same_line_told:
            return 2
        if not self.ends:
            return -1
        return 1 if self.told is None or self.told >= p.same_line_half_told else 0

    def rank(self, p: Parameters) -> tuple[object, ...]:
        told = round(self.told or 0.0, 3)
        return -self.level(p), -told, not self.brand, round(self.apart, 6), self.ours, self.theirs


def lines_of(
    draft: NetworkDraft, srid: int, brands: Mapping[str, frozenset[str]] = NOTHING_SAID,
    numbers: Mapping[str, str] = NOTHING_SAID,
) -> Lines:
    """Return the routes of a draft. By route, ``brands`` are whom riders named, ``numbers`` what a person chose."""
    return Lines(
        ways_of(draft, srid),
        {one.pattern_id: route.route_id for route in draft.routes for one in route.patterns},
        {
            one.route_id: Called(
                numbers.get(one.route_id, one.short_name), one.long_name, one.name_votes,
                brands.get(one.route_id, frozenset()),
            )
            for one in draft.routes
        },
    )


def brands_in(rides: Sequence[Ride], draft: NetworkDraft) -> dict[str, frozenset[str]]:
    """Return who runs each route of a draft, as its riders told in forms."""
    told = {
        ride.run_id: {str(said) for report in ride.reports if (said := report.details.get("operator"))}
        for ride in rides
    }
    return {
        route.route_id: frozenset().union(*(told.get(r.run_id, ()) for one in route.patterns for r in one.runs))
        for route in draft.routes
    }


def settle(ours: Lines, theirs: Lines, p: Parameters) -> Settled:
    """Return which routes of ours are which of their lines."""
    fits = same_ways(ours.ways, theirs.ways, p)
    kin = [one for one in _kin(ours, theirs, fits, p) if one.level(p) >= 0]
    pairs: dict[str, str] = {}
    doubtful: dict[str, set[str]] = defaultdict(set)
    taken: set[str] = set()
    for one in sorted(kin, key=lambda one: one.rank(p)):
        if one.ours in pairs or one.theirs in taken:
            continue
        rivals = [other for other in kin if _rivals(one, other, p) and not {other.ours} & pairs.keys()
                  and other.theirs not in taken]
        if one.level(p) == 0 or rivals or doubtful.keys() & {one.ours}:
            doubtful[one.ours].add(one.theirs)
            for other in rivals:
                doubtful[other.ours].add(other.theirs)
        else:
            pairs[one.ours] = one.theirs
            taken.add(one.theirs)
    same = {*pairs.items(), *((one.ours, one.theirs) for one in kin if _is_part(one, kin, pairs, p))}
    mine = [fit for fit in fits if (ours.routes[fit[1]], theirs.routes[fit[2]]) in same]
    again = [fit for fit in fits if _same_number(ours, theirs, pairs, *fit[1:])]
    heirs = {old: new for _, new, old in sorted([*mine, *again], reverse=True)}  # the best comes last and stays
    undecided = {
        key: tuple(sorted(some - taken)) for key, some in sorted(doubtful.items()) if key not in pairs and some - taken
    }
    return Settled(pairs, mine, heirs, undecided)


def _kin(ours: Lines, theirs: Lines, fits: Sequence[Fit], p: Parameters) -> list[_Kin]:
    """How each route stands to each line with which some of its ways go."""
    by_pair: dict[tuple[str, str], list[Fit]] = defaultdict(list)
    for fit in fits:
        by_pair[ours.routes[fit[1]], theirs.routes[fit[2]]].append(fit)
    numbered = any(one.short_name for one in theirs.called.values())
    found = []
    for (route, line), some in sorted(by_pair.items()):
        mine, their = ours.called.get(route, Called()), theirs.called.get(line, Called())
        ended = [apart for apart, new, old in some if _ends_m(ours.ways[new], theirs.ways[old]) <= p.same_line_ends_m]
        told = _told(mine, their, numbered)
        brand = bool({name_key(one) for one in mine.brands} & {name_key(one) for one in their.brands})
        apart = min(ended or [apart for apart, *_ in some])
        number = name_key(their.short_name) if their.short_name else None
        found.append(_Kin(route, line, told, bool(ended), brand, apart, frozenset(old for *_, old in some), number))
    return found


def _ends_m(mine: Floats, their: Floats) -> float:
    """How far apart two ways begin or end, whichever is more."""
    return float(np.hypot(*(mine[[0, -1]] - their[[0, -1]]).T).max())


def _told(mine: Called, their: Called, numbered: bool) -> float | None:
    """How far what riders say is the name of a line, 0–1; ``None`` where nothing can be compared."""
    votes = dict(mine.said) or ({mine.short_name: 1} if mine.short_name else {})
    if not votes or not (their.long_name or their.short_name):
        return None
    if their.short_name and mine.short_name and name_key(their.short_name) == name_key(mine.short_name):
        return 1.0
    words = {word for name in (their.long_name or "", *their.brands) for word in name_key(name).split()}
    number = name_key(their.short_name) if their.short_name else None
    told = sum(times * (1.0 if name_key(name) == number else _shared(name_key(name).split(), words))
               for name, times in votes.items()) / sum(votes.values())
    if told == 0 and not numbered and all(len(name_key(name).split()) < _FEWEST_WORDS for name in votes):
        return None  # riders say a number where no line of the feed has one
    return told


def _shared(said: Sequence[str], words: set[str]) -> float:
    """The share of some words that are among others."""
    known = sum(any(_alike(one, other) for other in words) for one in said)
    return known / len(said) if known >= _FEWEST_WORDS else 0.0


def _alike(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    return one == other or (shorter >= _STEM_CHARS and one[:shorter] == other[:shorter])


def _rivals(one: _Kin, other: _Kin, p: Parameters) -> bool:
    """Whether another pair of one of the two fits as well, so that nothing tells which it is."""
    if (one.ours == other.ours) == (one.theirs == other.theirs) or one.level(p) != other.level(p):
        return False
    if one.theirs == other.theirs and (one.level(p) == 2 or not one.ways & other.ways):
        return False  # both are of it: they are called so, or one is the way back
    if one.ours == other.ours and one.number and one.number == other.number:
        return False  # two feeds have the line
    same_told = abs((one.told or 0.0) - (other.told or 0.0)) < p.same_line_margin and one.brand == other.brand
    return same_told and abs(one.apart - other.apart) < p.same_line_margin


def _is_part(one: _Kin, kin: Sequence[_Kin], pairs: Mapping[str, str], p: Parameters) -> bool:
    """Whether rides of a line that another group stands for are apart from it: called so, or on its other ways."""
    if one.ours in pairs or one.level(p) < 1:
        return False
    main = next((other for other in kin if pairs.get(other.ours) == one.theirs == other.theirs), None)
    return main is not None and (one.level(p) == 2 or not one.ways & main.ways)


def _same_number(ours: Lines, theirs: Lines, pairs: Mapping[str, str], new: str, old: str) -> bool:
    """Whether a pattern is of a line that another feed has too, under the number of the one that is taken."""
    taken = pairs.get(ours.routes[new])
    numbers = [theirs.called[one].short_name for one in (taken, theirs.routes[old]) if one is not None]
    return len(numbers) == 2 and bool(numbers[0]) and len({name_key(one or "") for one in numbers}) == 1
