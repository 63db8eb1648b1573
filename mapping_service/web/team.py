"""The managers' pages: how the phones of a city do, today's rides, keys, and what could not be used.

They work without scripts; the map is an addition. A manager signs in with their key, which stays in a cookie that no
script and no other site can use.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from collectors.storable import storable_text
from mapping_service.errors import Forbidden, NotFound, Problem, Unauthorised
from mapping_service.jobs import waker
from mapping_service.parameters import Parameters
from mapping_service.reasons import of_message, sentence
from mapping_service.records import City, Sender
from mapping_service.store import messages, people, releases, team
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.web.database import config, connection
from mapping_service.web.keys import TEAM_COOKIE, manager, require, sender_of
from mapping_service.web.language import Words, words

blueprint = Blueprint("team", __name__, url_prefix="/<city>/team")
LONGEST_NAME = 60
_RECENTLY = timedelta(hours=24)
_SIGNED_IN_S = 30 * 86400


@blueprint.after_request
def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.errorhandler(Unauthorised)
@blueprint.errorhandler(Forbidden)
def _sign_in(problem: Problem) -> tuple[str, int]:
    """Ask whoever is no manager of this city for the key of one."""
    place = get_city(connection(), (request.view_args or {})["city"])
    wrong = problem.code != "sign_in"
    return _page("team_enter.html", place, wrong=wrong), problem.status


@blueprint.get("")
def phones(city: str) -> str:
    """What came from each phone in the last day, today's rides, and a form for a new key."""
    sender, place = _manager(city)
    now = datetime.now(UTC)
    zone = ZoneInfo(place.timezone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    held = connection()
    rides = [_ride(one, midnight, _words(place)) for one in team.rides(held, place.city_id, midnight)]
    waiting = len(team.set_aside(held, place.city_id)) + len(messages.problems(held, place.city_id))
    return _page(
        "team.html", place, sender=sender, here="phones", now=now, rides=rides, most=team.MOST_RIDES, waiting=waiting,
        ending=releases.ending(releases.list_versions(held, city, most=1), now.date()), today=now.date(),
        r=words(place.language, "releases"), phones=team.activity(held, place.city_id, now - _RECENTLY, Parameters()),
        map_data={"lines": [_feature(one) for one in rides if one["line"]], "text": _words(place).under("map.")},
    )


def _ride(one: dict[str, Any], midnight: datetime, w: Words) -> dict[str, Any]:
    """A ride that came today with when it was ridden: the day as well where that was another."""
    ridden = [at.astimezone(midnight.tzinfo) for at in (one["started_at"], one["ended_at"]) if at]
    span = "–".join(at.strftime("%H:%M") for at in ridden) or "–"
    if ridden and ridden[0].date() != midnight.date():
        span = f"{w.date(ridden[0].date())} {span}"
    return {**one, "span": span, "why": sentence(one["reason_code"], one["reason"], w.language)}


def _feature(one: dict[str, Any]) -> dict[str, Any]:
    properties = {"who": one["pseudonym"], "span": one["span"], "status": one["status"]}
    return {"type": "Feature", "geometry": one["line"], "properties": properties}


@blueprint.post("/enter")
def enter(city: str) -> AnyResponse:
    """Sign in with a key. Raises ``Unauthorised`` or ``Forbidden`` where it is no manager's of this city."""
    key = request.form.get("key", "").strip()
    require(sender_of(key), city=city, role=people.MANAGER)
    answer = redirect(url_for("team.phones", city=city), 303)
    answer.set_cookie(
        TEAM_COOKIE, key, max_age=_SIGNED_IN_S, path=_cookie_path(city), httponly=True, samesite="Strict",
        secure=config().base_url.startswith("https://"),
    )
    return answer


@blueprint.post("/leave")
def leave(city: str) -> AnyResponse:
    """Sign out."""
    answer = redirect(url_for("team.phones", city=city), 303)
    answer.delete_cookie(TEAM_COOKIE, path=_cookie_path(city), httponly=True, samesite="Strict")
    return answer


def _cookie_path(city: str) -> str:
    return url_for("team.phones", city=city)


@blueprint.post("/keys")
def add_key(city: str) -> Response:
    """Make a key and show it this once, as the address of its setup page."""
    sender, place = _manager(city)
    who, label = (storable_text(request.form.get(name, "")).strip()[:LONGEST_NAME] for name in ("pseudonym", "label"))
    role = request.form.get("role", people.COLLECTOR)
    if not who or role not in (people.COLLECTOR, people.MANAGER):
        raise Problem("bad_key", "A key needs a pseudonym, and is for a collector or a manager.")
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        key = people.add_key(writing, place.city_id, who, role=role, label=label)
    link = f"{config().base_url}/setup/{key}"
    return make_response(_page("team_key.html", place, sender=sender, here="keys", who=who, link=link, qr=_qr(link)))


def _qr(link: str) -> Markup:
    import segno  # web processes that show no key stay smaller

    return Markup(segno.make(link, error="m").svg_inline(scale=6, border=4, dark="#000", light="#fff"))


@blueprint.post("/keys/<int:token_id>/revoke")
def revoke(city: str, token_id: int) -> AnyResponse:
    """Let a key of this city hold no longer, from now on."""
    _, place = _manager(city)
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        people.revoke_key(writing, place.city_id, token_id)
    return redirect(url_for("team.phones", city=city), 303)


@blueprint.get("/problems")
def problems(city: str) -> str:
    """Whatever came and could not be used, with the reason, its bytes, and a way to have it read again."""
    sender, place = _manager(city)
    held, language = connection(), _words(place).language
    return _page(
        "team_problems.html", place, sender=sender, here="problems", now=datetime.now(UTC),
        documents=[
            {**one._mapping, "why": sentence(one.reason_code, one.reason, language)}
            for one in team.set_aside(held, place.city_id)
        ],
        messages=[
            {**one._mapping, "why": of_message(one.problem_code, one.problem, language)}
            for one in messages.problems(held, place.city_id)
        ],
    )


@blueprint.get("/problems/documents/<int:submission_id>")
def raw_document(city: str, submission_id: int) -> Response:
    """The bytes of a document as they came."""
    _, place = _manager(city)
    return _download(*team.document(connection(), place.city_id, submission_id))


@blueprint.get("/problems/messages/<int:message_id>")
def raw_message(city: str, message_id: int) -> Response:
    """The bytes of a message as they came."""
    _, place = _manager(city)
    return _download(*team.message(connection(), place.city_id, message_id))


def _download(name: str, data: bytes) -> Response:
    """Hand bytes over to be kept, never to be shown: whoever sent them must not write into our pages."""
    response = Response(data, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=name.rpartition("/")[2] or "document")
    return response


@blueprint.post("/problems/documents/<int:submission_id>/use")
def use_document(city: str, submission_id: int) -> AnyResponse:
    """Have a document read again and used all the same."""
    _, place = _manager(city)
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        team.use_anyway(writing, place.city_id, submission_id)
    return _read_soon(place)


@blueprint.post("/problems/messages/<int:message_id>/retry")
def retry_message(city: str, message_id: int) -> AnyResponse:
    """Have a message read again."""
    _, place = _manager(city)
    with engine_for(current_app.config["DATABASE_URL"]).begin() as writing:
        if not messages.read_again(writing, place.city_id, message_id):
            raise NotFound("message_not_found", f"There is no message {message_id} in this city.")
    return _read_soon(place)


def _read_soon(place: City) -> AnyResponse:
    waker(current_app.config["DATABASE_URL"]).wake(place.slug)
    return redirect(url_for("team.problems", city=place.slug), 303)


def _manager(city: str) -> tuple[Sender, City]:
    """Return who is signed in, and the city. Raises ``NotFound``, or what makes the form for signing in appear."""
    place = get_city(connection(), city)
    return manager(city), place


def _words(place: City) -> Words:
    return words(place.language, "team")


def _page(template: str, place: City, **values: Any) -> str:
    return render_template(template, city=place, w=_words(place), **values)
