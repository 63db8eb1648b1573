"""Who sends a request, as the key in its address or its header says."""

from __future__ import annotations

from flask import current_app, request

from mapping_service.errors import Forbidden, Unauthorised
from mapping_service.records import Sender
from mapping_service.store import people
from mapping_service.store.engine import engine_for

TEAM_COOKIE = "team"


def sender_of(key: str) -> Sender:
    """Return whose key this is; nothing is remembered, so that a revoked key fails at once.

    Raises ``Unauthorised`` ``token_malformed``, ``Forbidden`` ``token_unknown``.
    """
    with engine_for(current_app.config["DATABASE_URL"]).connect() as connection:
        return people.sender(connection, key)


def bearer_key() -> str:
    """Return the key of a request with ``Authorization: Bearer KEY``. Raises ``Unauthorised`` ``token_missing``."""
    given = request.authorization
    if given is None or given.type != "bearer" or not given.token:
        raise Unauthorised("token_missing", "This address wants your key: send “Authorization: Bearer …”.")
    return given.token


def bearer() -> Sender:
    """Return who sends a request with ``Authorization: Bearer KEY``. Raises as ``sender_of`` and ``bearer_key``."""
    return sender_of(bearer_key())


def manager(city: str) -> Sender:
    """Return which manager of a city sits before the browser: their key is in a cookie that only these pages get.

    Raises ``Unauthorised`` ``sign_in`` where there is none, ``Forbidden`` as ``sender_of`` and ``require`` do.
    """
    if not (key := request.cookies.get(TEAM_COOKIE)):
        raise Unauthorised("sign_in", "This page is for those who see to a city's collectors. Sign in with your key.")
    sender = sender_of(key)
    require(sender, city=city, role=people.MANAGER)
    return sender


def require(sender: Sender, *, city: str | None = None, role: str | None = None) -> None:
    """Raise ``Forbidden`` ``wrong_city`` or ``not_allowed`` unless the key is of that city and has that role."""
    if city is not None and sender.slug != city:
        raise Forbidden("wrong_city", f"This key is of another city than {city}.", city=city)
    if role is not None and sender.role != role:
        raise Forbidden("not_allowed", f"This needs the key of a {role}.", role=role)
