"""The addresses that apps know without a key in the path: the key is then the password of HTTP Basic authentication.

Collect sends a password only after it was asked for, by 401 with ``WWW-Authenticate``, and only over https. So does
whoever reads the wire: where people outside reach the service without https, these answer on this machine alone.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from mapping_service.errors import Forbidden, Unauthorised
from mapping_service.web import openrosa
from mapping_service.web.database import config
from mapping_service.web.keys import sender_of

blueprint = Blueprint("openrosa_basic", __name__)


@blueprint.get("/formList", strict_slashes=False)
def get_form_list() -> Response:
    """List the open forms of the key's city, with addresses that hold the key."""
    return openrosa.get_form_list(*_given())


@blueprint.get("/submission", strict_slashes=False)
def get_submission() -> tuple[str, int]:
    """Say that submissions are taken here."""
    return openrosa.get_submission(*_given())


@blueprint.post("/submission", strict_slashes=False)
def post_submission() -> Response:
    """Take a filled form, or some more of its files."""
    return openrosa.post_submission(*_given())


@blueprint.after_app_request
def _ask(response: Response) -> Response:
    if response.status_code == 401 and request.blueprint == blueprint.name:
        response.headers["WWW-Authenticate"] = 'Basic realm="Commonway", charset="UTF-8"'
    return response


def _is_here() -> bool:
    """Whether nobody but this machine is concerned; a proxy on it would ask for others."""
    ours = urlsplit(config().base_url).hostname or ""
    return all(one and _is_loopback(one) for one in (ours, request.remote_addr))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _given() -> tuple[str, str]:
    """The key and the city of its owner. Raises ``Forbidden`` ``not_safe``, ``Unauthorised`` ``token_missing``."""
    if not (config().base_url.startswith("https://") or _is_here()):
        raise Forbidden("not_safe", "A password is taken over https only. Use the address that has your key in it.")
    given = request.authorization
    if given is None or given.type != "basic" or not given.password:
        raise Unauthorised("token_missing", "This address wants your key as the password.")
    return given.password, sender_of(given.password).slug
