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


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return re.sub(r"[\W_]+", " ", bare).strip()


def vote(names: Iterable[str]) -> tuple[str | None, Mapping[str, int]]:
    """Return the winning name, or ``None`` where nobody voted, and the votes of each name in its best spelling."""
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        clean = " ".join(name.split())
        if name_key(clean):
            spellings[name_key(clean)][clean] += 1
    best = {key: min(votes, key=lambda s: (-votes[s], s.isupper() or s.islower(), s)) for key, votes in spellings.items()}
    counts = {best[key]: votes.total() for key, votes in spellings.items()}
    ranked = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return next(iter(ranked), None), ranked
