"""Columns of text into columns of numbers: the values that GPX files hold, in the ways that recorders write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

import numpy as np

from mapping_service.records import Floats

EARLIEST_S = datetime(1980, 1, 1, tzinfo=timezone.utc).timestamp()
LATEST_S = datetime(2101, 1, 1, tzinfo=timezone.utc).timestamp()
"""Times from the first of these, when GPS time begins, to before the second are times; a recorder errs on others."""

SMALLEST = float(np.finfo(np.float32).smallest_normal)
"""Numbers nearer to zero than this, other than zero, do not fit single precision."""

_UTC_CHARS = len("2019-11-04T17:44:19Z")
_UTC_MARKS = {4: "-", 7: "-", 10: "T", 13: ":", 16: ":", 19: "Z"}
_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?",
                   re.ASCII)


@dataclass(frozen=True)
class Numbers:
    """One value per text, NaN where there was none or it was no number; how many were written with a comma."""

    values: Floats
    commas: int


@dataclass(frozen=True)
class Times:
    """Epoch seconds in UTC per text, NaN where there was none; how many were unreadable or absurd, or had no zone."""

    t_s: Floats
    bad: int
    naive: int


def numbers(texts: Sequence[str | None]) -> Numbers:
    """Read decimal numbers, also those with a decimal comma."""
    try:
        if None not in texts:
            return Numbers(np.fromiter(map(float, texts), np.float64, len(texts)), 0)  # type: ignore[arg-type]
        if texts.count(None) == len(texts):
            return Numbers(np.full(len(texts), np.nan), 0)
        return Numbers(np.array([np.nan if text is None else float(text) for text in texts], dtype=np.float64), 0)
    except ValueError:
        commas = [text is not None and "," in text and "." not in text for text in texts]
        read = [_number(text.replace(",", ".") if comma and text else text) for text, comma in zip(texts, commas)]
        values = np.array(read, dtype=np.float64)
        return Numbers(values, int((np.array(commas, dtype=bool) & ~np.isnan(values)).sum()))


def _number(text: str | None) -> float:
    try:
        return float(text) if text else np.nan
    except ValueError:
        return np.nan


def believable(values: Floats, low: float, high: float) -> Floats:
    """The values, NaN where one is below ``low``, above ``high``, or too near to zero for single precision."""
    size = np.abs(values)
    return np.where((values >= low) & (values <= high) & ((size >= SMALLEST) | (size == 0)), values, np.nan)


def epoch_seconds(texts: Sequence[str | None]) -> Times:
    """Read ISO 8601 times with ``Z``, an offset or none (then UTC), with fractions and stray spaces.

    A time outside ``EARLIEST_S`` to ``LATEST_S`` is bad.
    """
    t_s = np.full(len(texts), np.nan)
    rest = np.ones(len(texts), dtype=bool)
    plain = [i for i, text in enumerate(texts) if text is not None and len(text) == _UTC_CHARS]
    if plain:
        read = _in_range(_plain_utc([texts[i] or "" for i in plain]))
        t_s[plain] = read
        rest[plain] = np.isnan(read)
    bad = naive = 0
    for i in np.flatnonzero(rest).tolist():
        text = (texts[i] or "").strip()
        if text:
            t_s[i], is_naive = _any_time(text)
            bad += bool(np.isnan(t_s[i]))
            naive += is_naive
    return Times(t_s, bad, naive)


def _in_range(t_s: Floats) -> Floats:
    return np.where((t_s >= EARLIEST_S) & (t_s < LATEST_S), t_s, np.nan)


def _plain_utc(texts: list[str]) -> Floats:
    """The one form that nearly every recorder writes, all at once; NaN where a text is of another form."""
    t_s = np.full(len(texts), np.nan)
    array = np.array(texts, dtype=f"U{_UTC_CHARS}")
    codes = array.view(np.uint32).reshape(len(texts), _UTC_CHARS)
    digits = [column for column in range(_UTC_CHARS) if column not in _UTC_MARKS]
    fits = ((codes[:, digits] >= ord("0")) & (codes[:, digits] <= ord("9"))).all(axis=1)
    for column, mark in _UTC_MARKS.items():
        fits &= codes[:, column] == ord(mark)
    try:
        t_s[fits] = array[fits].astype(f"U{_UTC_CHARS - 1}").astype("datetime64[s]").astype(np.int64)
    except ValueError:
        return np.full(len(texts), np.nan)
    return t_s


def _any_time(text: str) -> tuple[float, bool]:
    """Epoch seconds, NaN if unreadable, and whether the zone was missing."""
    match = _TIME.fullmatch(text)
    if match is None:
        return np.nan, False
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, tzinfo=timezone.utc).timestamp() + second
    except ValueError:
        return np.nan, False
    if second > 60:  # 60 is a leap second
        return np.nan, False
    zone = match[8]
    t_s = local + float(f"0.{match[7] or 0}") - _offset_s(zone)
    return (t_s, zone is None) if EARLIEST_S <= t_s < LATEST_S else (np.nan, False)


def _offset_s(zone: str | None) -> float:
    if zone is None or zone in "Zz":
        return 0.0
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:].lstrip(":") or 0))
    return offset.total_seconds() * (-1 if zone[0] == "-" else 1)
