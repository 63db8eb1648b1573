"""Errors as data: a stable code, a sentence for people, details. ``mapping_service.web.problems`` maps them to HTTP."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """Bad input or a state that a person can mend. Anything else that is raised is a bug and shows its trace.

    ``code`` is stable and snake_case; ``sentence`` says what is wrong and what to do; ``details`` are plain values.
    """

    status = 400

    def __init__(self, code: str, sentence: str, **details: Any) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.details = details

    def as_dict(self) -> dict[str, Any]:
        """The one JSON shape of an error."""
        return {"error": {"code": self.code, "message": self.sentence, "details": self.details}}


class Unauthorised(Problem):
    """The request states no key, or something that cannot be one."""

    status = 401


class Forbidden(Problem):
    """The key is unknown or revoked, or may not do this."""

    status = 403


class NotFound(Problem):
    """The thing that was asked for does not exist."""

    status = 404


class Moved(NotFound):
    """The thing that was asked for was given up, and another follows it: ``details`` hold ``old`` and ``new`` id."""

    status = 301


class Conflict(Problem):
    """The request contradicts what is already there."""

    status = 409


class TooLarge(Problem):
    """The input exceeds a limit that keeps one small machine alive."""

    status = 413


class Unavailable(Problem):
    """Something the service needs is not there just now; nothing was accepted."""

    status = 503
