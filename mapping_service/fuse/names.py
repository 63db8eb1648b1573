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

_WORD = re.compile(r"[^\W\d_]+")
_ABBREVIATION_CHARS = 3
_LONE_ABBREVIATION_CHARS = 5


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    # Accents go, but not the vowel signs of other scripts, which make another word.
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join("".join(" " if unicodedata.category(char)[0] in "PSZC" else char for char in bare).split())


def tidy(name: str) -> str:
    """Return a name in mixed case, as GTFS asks: it begins with a capital, and where all of it was typed in capitals
    its longer words keep only the first (shorter ones may be abbreviations)."""
    if name.isupper():
        longest = _ABBREVIATION_CHARS if " " in name else _LONE_ABBREVIATION_CHARS
        return _WORD.sub(lambda w: w[0] if len(w[0]) <= longest else w[0].capitalize(), name)
    return name[:1].upper() + name[1:]


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
