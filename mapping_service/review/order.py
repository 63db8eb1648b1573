"""What a person should look at first among the candidate routes, and why. Pure.

Looking at a candidate is worth as much as it can change: much where nobody knows whether it is right, little where it
is all but certain either way; more for long ways on which many rides rest, and next to nothing for what was accepted
just as it stands. The gain of a route is the sum over its patterns of

    4 · c · (1 - c)  ·  km  ·  log2(1 + runs)  ·  novelty

with the confidence c. It only ranks: its unit means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import log2
from typing import Any

from mapping_service.records import Notice
from mapping_service.review.why import why

# How much of a look is still to be had, by what has become of a pattern since it was accepted.
NOVELTY: Mapping[str, float] = {"new": 1.0, "line": 1.0, "stops": 0.5, "same": 0.05}
_FEWEST_STOPS = 2


@dataclass(frozen=True)
class CandidatePattern:
    """A pattern of a candidate route. ``news`` says how it stands to the accepted one: ``new``, another ``line``,
    other ``stops``, or the ``same``."""

    pattern_id: str
    direction_id: int
    confidence: float
    km: float
    runs: int
    stops: int
    news: str
    signs: Mapping[str, float]
    reason_code: str | None = None
    reason: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A candidate route as a reviewer sees it in a list; ``source`` is the feed of ``source_date`` that it is from.

    ``doubles`` are the candidates of which it may be one, a line that was imported of rides or the other way round.
    """

    route_id: str
    short_name: str | None
    long_name: str | None
    runs: int
    people: int | None
    confidence: float
    patterns: tuple[CandidatePattern, ...]
    source: str | None = None
    source_date: date | None = None
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ranked:
    """A candidate with what looking at it is worth, and the remarks about it."""

    candidate: Candidate
    gain: float
    remarks: tuple[Notice, ...]


def gain(pattern: CandidatePattern) -> float:
    """Return what looking at a pattern is worth; see the module."""
    doubt = 4 * pattern.confidence * (1 - pattern.confidence)
    return doubt * pattern.km * log2(1 + pattern.runs) * NOVELTY[pattern.news]


def remarks(candidate: Candidate) -> tuple[Notice, ...]:
    """Return what a reviewer should know of a route: what is new, and why the pattern trusted least is trusted so."""
    news = min((one.news for one in candidate.patterns), key=tuple(NOVELTY).index, default="new")
    unusable = any(one.stops < _FEWEST_STOPS for one in candidate.patterns) or not candidate.patterns
    least = min(candidate.patterns, key=lambda one: (one.confidence, one.pattern_id), default=None)
    about = why(least.signs) if least is not None else ()
    origin = {"source": candidate.source, "date": candidate.source_date}
    from_feed = [Notice("imported", origin)] if candidate.source and not candidate.runs else []
    double = Notice("maybe_ridden" if from_feed else "maybe_imported", {"routes": list(candidate.doubles)})
    doubts = [*([double] if candidate.doubles else []), *([Notice("unusable")] if unusable else [])]
    return Notice(news), *from_feed, *doubts, *about, *_apart(least)


def _apart(pattern: CandidatePattern | None) -> list[Notice]:
    """Return why a pattern is kept beside the main one of its direction."""
    if pattern is None or pattern.reason_code is None:
        return []
    return [Notice(pattern.reason_code, pattern.reason)]


def with_doubles(candidates: Sequence[Candidate], open_lines: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Return the candidates with what each may be: ``open_lines`` are imported lines by the route of rides."""
    doubles: dict[str, list[str]] = {route_id: list(lines) for route_id, lines in open_lines.items()}
    for route_id, lines in open_lines.items():
        for line in lines:
            doubles.setdefault(line, []).append(route_id)
    return [replace(one, doubles=tuple(doubles.get(one.route_id, ()))) for one in candidates]


def by_gain(candidates: Sequence[Candidate]) -> list[Ranked]:
    """Return the candidates in the order in which a person should look at them."""
    ranked = [
        Ranked(one, round(sum(map(gain, one.patterns)), 3), remarks(one)) for one in candidates
    ]
    return sorted(ranked, key=lambda one: (-one.gain, one.candidate.confidence, one.candidate.route_id))
