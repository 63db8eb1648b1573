"""What a person types for a feed, brought onto one line and kept within what feeds and their readers can hold."""

from __future__ import annotations

import unicodedata

from collectors.limits import MAX_TYPED_NAME_CHARS
from mapping_service.errors import Problem


def one_line(written: str) -> str:
    """Return what was written on one line, without characters that no feed may hold."""
    shown = "".join(" " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one for one in written)
    return " ".join(shown.replace("\ufeff", " ").replace("\ufffd", " ").split())


def typed_name(written: str, where: str = "") -> str:
    """Return a name on one line; empty where no letter, number or sign of it can be seen.

    ``where`` begins the sentence of ``Problem`` ``name_too_long``: of a name of more than ``MAX_TYPED_NAME_CHARS``.
    """
    name = one_line(written)
    if len(name) > MAX_TYPED_NAME_CHARS:
        raise Problem(
            "name_too_long",
            f"{where}“{name[:30]}…” has {len(name):,} characters, a name {MAX_TYPED_NAME_CHARS} at most. Shorten it.",
            longest=MAX_TYPED_NAME_CHARS,
        )
    return name if any(unicodedata.category(one)[0] in "LNPS" for one in name) else ""
