"""Filled forms as text, small enough to read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence


def new_id() -> str:
    """An id as clients make them."""
    return f"uuid:{uuid.uuid4()}"


def filled(
    instance_id: str | None,
    answer: str = "Harbour",
    *,
    form: str = "ride",
    version: str = "1",
    replaces: str | None = None,
    files: Sequence[str] = (),
) -> bytes:
    """A filled form with one answer, naming some files, as Collect writes it."""
    photos = "".join(f"<photo>{name}</photo>" for name in files)
    deprecated = f"<deprecatedID>{replaces}</deprecatedID>" if replaces else ""
    own = f"<instanceID>{instance_id}</instanceID>" if instance_id else ""
    return (
        f'<?xml version="1.0"?><data id="{form}" version="{version}" xmlns:orx="http://openrosa.org/xforms">'
        f"<place>{answer}</place>{photos}<meta>{own}{deprecated}</meta></data>"
    ).encode()
