"""Names by vote over noisy spellings. Pure.

Spellings that differ only in case, accents, punctuation, spaces, doubled letters or usual abbreviations are one name;
so are spellings that differ by a slip of the finger in a longer word, never in a number: those join the one that is
said most. The name with the most votes wins, in the spelling that was used most, there and nearby. Ties go to the
spelling with more accents, which people leave out rather than add, then to the first in the alphabet, so that the
answer does not depend on the order of the votes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

_WORD = re.compile(r"[^\W\d_]+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_DOUBLED = re.compile(r"([^\W\d_])\1+")
_ABBREVIATION_CHARS = 3
_LONE_ABBREVIATION_CHARS = 5
_ONE_SLIP_CHARS, _TWO_SLIPS_CHARS = 5, 9  # shorter words differ by a letter and mean another place
# Usual on signs and in notes; only for telling names apart, never shown.
_LONG_FORMS = {
    "st": "saint", "ste": "sainte", "sta": "santa", "av": "avenue", "ave": "avenue", "bd": "boulevard",
    "bld": "boulevard", "blvd": "boulevard", "rte": "route", "crf": "carefour", "pharm": "pharmacie", "grd": "grand",
    "lgts": "logements", "lgt": "logements", "hosp": "hospital", "univ": "universite", "sch": "school",
    "mkt": "market", "jct": "junction", "rd": "road", "estac": "estacion", "cra": "carrera", "trav": "travessa",
}


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    # Accents go, but not the vowel signs of other scripts, which make another word.
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join("".join(" " if unicodedata.category(char)[0] in "PSZC" else char for char in bare).split())


def _sound_key(name: str) -> str:
    """Return the key without doubled letters, abbreviations written out, numbers apart from words."""
    tokens = _TOKEN.findall(name_key(name)) or name_key(name).split()
    return " ".join(_DOUBLED.sub(r"\1", _LONG_FORMS.get(token, token)) for token in tokens)


def tidy(name: str) -> str:
    """Return a name in mixed case, as GTFS asks: it begins with a capital, and where all of it was typed in capitals
    its longer words keep only the first (shorter ones may be abbreviations)."""
    if name.isupper():
        longest = _ABBREVIATION_CHARS if " " in name else _LONE_ABBREVIATION_CHARS
        return _WORD.sub(lambda w: w[0] if len(w[0]) <= longest else w[0].capitalize(), name)
    return name[:1].upper() + name[1:]


def vote(names: Iterable[str], nearby: Iterable[str] = ()) -> tuple[str | None, Mapping[str, int]]:
    """Return the winning name, or ``None`` where nobody voted, and the votes of each name in its best spelling.

    ``nearby`` are names said close by: they have no vote, but help to choose among the spellings of a name.
    """
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        clean = tidy(" ".join(name.split()))
        if name_key(clean):
            spellings[_sound_key(clean)][clean] += 1
    joined = _joined(spellings)
    heard = Counter(tidy(" ".join(name.split())) for name in nearby)
    best = {key: min(votes, key=lambda s: (-votes[s] - heard[s], -_accents(s), s)) for key, votes in joined.items()}
    counts = {best[key]: votes.total() for key, votes in joined.items()}
    ranked = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return next(iter(ranked), None), ranked


def said_by(said: Iterable[tuple[str, str]]) -> list[str]:
    """Return each name once for each person who said it: from (name, person), the spelling first in the alphabet."""
    once: dict[tuple[str, str], str] = {}
    for name, person in sorted(said):
        once.setdefault((_sound_key(name), person), name)
    return list(once.values())


def _joined(spellings: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Let names that differ by slips join the one that is said most."""
    kept: dict[str, Counter[str]] = {}
    for key in sorted(spellings, key=lambda k: (-spellings[k].total(), k)):
        same = next((other for other in kept if _slip(key, other)), key)
        kept[same] = kept.get(same, Counter()) + spellings[key]
    return kept


def _slip(one: str, other: str) -> bool:
    """True where two names have the same number of words, and each word is the other's but for a slip."""
    ours, theirs = one.split(), other.split()
    return len(ours) == len(theirs) and all(_same_word(a, b) for a, b in zip(ours, theirs, strict=True))


def _same_word(a: str, b: str) -> bool:
    shortest = min(len(a), len(b))
    if a == b or shortest < _ONE_SLIP_CHARS or a[0] != b[0] or a.isdigit() or b.isdigit():
        return a == b
    return _edits(a, b) <= (2 if shortest >= _TWO_SLIPS_CHARS else 1)


def _edits(a: str, b: str) -> int:
    """Return the least number of letters changed, missing, too many or swapped with a neighbour (Damerau 1964)."""
    before, row = list(range(len(b) + 1)), list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, start=1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y)))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]


def _accents(name: str) -> int:
    return sum(1 for char in unicodedata.normalize("NFKD", name) if unicodedata.combining(char))
