"""Names by vote over noisy spellings. Pure.

Spellings that differ only in case, accents, punctuation or spaces are one name; the name with the most votes wins, in
the spelling that was used most. Ties go to the spelling that comes first in the alphabet, so that the answer does not
depend on the order of the votes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_ABBREVIATION_CHARS = 3
_LONE_ABBREVIATION_CHARS = 5


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def tidy(name: str) -> str:
    """Return a name in mixed case, as GTFS asks: typed all small it begins with a capital, typed all in capitals its
    longer words keep only the first (shorter ones may be abbreviations)."""
    if name.islower():
        return name[0].upper() + name[1:]
    if name.isupper():
        words = name.split()
        longest = _ABBREVIATION_CHARS if len(words) > 1 else _LONE_ABBREVIATION_CHARS
        return " ".join(word if len(word) <= longest else word.capitalize() for word in words)
    return name


def vote(names: Iterable[str]) -> tuple[str | None, Mapping[str, int]]:
    """Return the winning name, or ``None`` where nobody voted, and the votes of each name in its best spelling."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        clean = tidy(" ".join(name.split()))
        if name_key(clean):
            spellings[name_key(clean)][clean] += 1
    best = {key: min(votes, key=lambda s: (-votes[s], s)) for key, votes in spellings.items()}
    counts = {best[key]: votes.total() for key, votes in spellings.items()}
    ranked = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return next(iter(ranked), None), ranked
