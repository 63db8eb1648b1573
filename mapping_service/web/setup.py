"""The setup page of one collector: consent first, then one card for each app, and whether points arrive.

Its address holds the key, so nothing of it is kept by browsers or told to other sites.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, url_for

from collectors.trackers import read_message, setups
from collectors.trackers.points import Point
from mapping_service.errors import NotFound, Problem
from mapping_service.parameters import Parameters
from mapping_service.records import Sender
from mapping_service.store import live, messages, people
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.web.collect import CONSENT_VERSION
from mapping_service.web.database import config, connection
from mapping_service.web.keys import sender_of
from mapping_service.web.language import Words, languages_of, own_name, words

BOOK = "setup"
# Of the text under live.* of the book, by which somebody agrees that their vehicle is seen.
LIVE_VERSION = "1"
GAP_S = 30
FRESH_S = 120
# The apps in the order in which they are offered, by what the browser says of the phone.
ORDER = {
    "android": ("owntracks", "collect", "page", "gpslogger", "osmand", "traccar"),
    "iphone": ("overland", "page", "owntracks", "traccar"),
    "other": ("phone", "page", "collect", "owntracks", "overland", "gpslogger", "osmand", "traccar"),
}
NAMES = {
    "owntracks": "OwnTracks", "collect": "ODK Collect", "gpslogger": "GPSLogger", "osmand": "OsmAnd",
    "overland": "Overland", "traccar": "Traccar Client",
}
STEPS = 3
STORES = {
    "owntracks": {
        "android": "https://play.google.com/store/apps/details?id=org.owntracks.android",
        "iphone": "https://apps.apple.com/app/owntracks/id692424691",
    },
    "collect": {"android": "https://play.google.com/store/apps/details?id=org.odk.collect.android"},
    "gpslogger": {"android": "https://f-droid.org/packages/com.mendhak.gpslogger/"},
    "osmand": {"android": "https://play.google.com/store/apps/details?id=net.osmand"},
    "overland": {"iphone": "https://apps.apple.com/app/overland-gps-tracker/id1292426766"},
    "traccar": {
        "android": "https://play.google.com/store/apps/details?id=org.traccar.client",
        "iphone": "https://apps.apple.com/app/traccar-client/id843156974",
    },
}
# Names of phones, as they stand on them; what to do on each is in the book.
MAKERS = {
    "samsung": "Samsung", "xiaomi": "Xiaomi, Redmi, Poco", "tecno": "Tecno, Infinix, itel", "huawei": "Huawei, Honor",
    "oppo": "Oppo, Realme, OnePlus", "vivo": "Vivo",
}

blueprint = Blueprint("setup", __name__, url_prefix="/setup/<token>")


@dataclass(frozen=True)
class Live:
    """What the newest messages of a key say; ``None`` where nothing has come."""

    seconds_ago: int | None
    accuracy_m: float | None
    points: int
    gaps: int
    problem: str | None


@blueprint.after_request
def _hide(response: Response) -> Response:
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("")
def page(token: str) -> str:
    """Ask for consent, or show how each app is set up."""
    sender = sender_of(token)
    place = get_city(connection(), sender.slug)
    t = words(place.language, BOOK)
    consent = people.has_consent(connection(), sender.contributor_id)
    shown = {"t": t, "place": place, "sender": sender, "token": token, "own_name": own_name,
             "languages": languages_of(BOOK)}
    if not consent:
        return render_template("setup_consent.html", refused=consent is False, **shown)
    phone = _phone()
    return render_template(
        "setup.html", cards=list(_cards(sender, token, phone)), names=NAMES, stores=STORES, makers=MAKERS, steps=STEPS,
        recommended=ORDER[phone][0], seen_until=_seen_until(sender), live=_said(t, _live(sender)),
        data={
            "status": url_for(".status", token=token, lang=t.language), "copied": t("copied"),
            "failed": t("status.failed"),
        },
        **shown,
    )


@blueprint.post("/consent")
def consent(token: str) -> Response:
    """Write down what the collector answered, and go on."""
    sender = sender_of(token)
    t = words(sender.language, BOOK)
    given = request.form.get("given")
    if given not in ("yes", "no"):
        raise Problem("no_answer", "Say whether you agree: “yes” or “no”.")
    with engine_for(current_app.config["DATABASE_URL"]).begin() as opened:
        people.record_consent(
            opened, sender.city_id, sender.contributor_id, given=given == "yes", text_version=CONSENT_VERSION,
            language=t.language, via="setup",
        )
    found = redirect(url_for(".page", token=token, lang=t.language), 303)
    assert isinstance(found, Response)
    return found


@blueprint.post("/live")
def be_seen(token: str) -> Response:
    """Write down whether the collector wants the vehicle seen that they ride in; a no holds from this moment."""
    sender = sender_of(token)
    t = words(sender.language, BOOK)
    given = request.form.get("given")
    if given not in ("yes", "no"):
        raise Problem("no_answer", "Say whether you agree: “yes” or “no”.")
    if given == "yes":
        _agreed(token)
    with engine_for(current_app.config["DATABASE_URL"]).begin() as opened:
        live.record_consent(
            opened, sender.city_id, sender.contributor_id, given=given == "yes", text_version=LIVE_VERSION,
            language=t.language,
        )
    found = redirect(url_for(".page", token=token, lang=t.language, _anchor="live-vehicles"), 303)
    assert isinstance(found, Response)
    return found


def _seen_until(sender: Sender) -> date | None:
    """Until which day the collector is seen; ``None`` where they are not."""
    at = live.agreed_at(connection(), sender.contributor_id)
    ends = at and at + timedelta(seconds=Parameters().live_agreed_s)
    return ends.date() if ends and ends > datetime.now(UTC) else None


@blueprint.get("/status")
def status(token: str) -> Response:
    """Say whether points arrive with this key: figures for programs, and a sentence."""
    sender = sender_of(token)
    live = _live(sender)
    return jsonify({**vars(live), **_said(words(sender.language, BOOK), live)})


@blueprint.get("/<name>.<kind>")
def code(token: str, name: str, kind: str) -> Response:
    """Send a code to scan, SVG or PNG: ``collect`` with Collect's settings, ``phone`` with this page's address."""
    # The address of this page asks for consent itself: whoever hands it out may show it before.
    sender = sender_of(token) if name == "phone" else _agreed(token)
    what = {"collect": _collect_code, "phone": _page_url}.get(name)
    if what is None or kind not in ("svg", "png"):
        raise NotFound("code_unknown", "Nothing is here. Check the address.")
    import segno  # only these pages draw codes

    out = io.BytesIO()
    drawn = segno.make(what(sender, token), error="l", micro=False)
    drawn.save(out, kind=kind, border=4, **({"scale": 8} if kind == "png" else {"omitsize": True}))
    return Response(out.getvalue(), mimetype="image/png" if kind == "png" else "image/svg+xml")


@blueprint.get("/gpslogger.properties")
def gpslogger(token: str) -> Response:
    """Send the profile that GPSLogger loads."""
    sender = _agreed(token)
    text = setups.gpslogger_profile(_ingest(token, "gpslogger"), sender.slug)
    return Response(text, mimetype="text/plain")


def _agreed(token: str) -> Sender:
    sender = sender_of(token)
    if not people.has_consent(connection(), sender.contributor_id):
        raise Problem("no_consent", "Open your setup page first and answer its question.")
    return sender


def _phone() -> str:
    said = request.user_agent.string
    return "android" if "Android" in said else "iphone" if "iPhone" in said or "iPad" in said else "other"


def _cards(sender: Sender, token: str, phone: str) -> Iterator[Mapping[str, Any]]:
    """The cards in their order: ``link`` opens the app or page, ``text`` is to be copied, ``code`` to be scanned."""
    collector = f"{url_for('collect.page', city=sender.slug)}#key={token}&consent={CONSENT_VERSION}"
    made: dict[str, dict[str, str]] = {
        "page": {"link": collector},
        "collect": {"code": "collect", "text": _collect_url(sender, token)},
        "phone": {"code": "phone"},
        "owntracks": {"link": setups.owntracks_link(_ingest(token, "owntracks"), sender.pseudonym)},
        "overland": {"link": setups.overland_link(_ingest(token, "overland"), sender.pseudonym)},
        "gpslogger": {"link": setups.gpslogger_link(config().base_url + url_for(".gpslogger", token=token))},
        "osmand": {"text": setups.osmand_template(_ingest(token, "osmand"))},
        "traccar": {"text": _ingest(token, "traccar")},
    }
    for app in ORDER[phone]:
        yield {"app": app, **made[app]}


def _ingest(token: str, kind: str) -> str:
    return f"{config().base_url}/ingest/{token}/{kind}"


def _collect_url(sender: Sender, token: str) -> str:
    return f"{config().base_url}/v1/key/{token}/projects/{sender.slug}"


def _collect_code(sender: Sender, token: str) -> str:
    place = get_city(connection(), sender.slug)
    language = words(place.language, BOOK).language
    return setups.collect_settings(_collect_url(sender, token), place.name, sender.pseudonym, language)


def _page_url(sender: Sender, token: str) -> str:
    return config().base_url + url_for(".page", token=token)


def _live(sender: Sender) -> Live:
    """Read the newest messages of the key itself: whoever sets a phone up does not wait for the worker."""
    now_s = time.time()
    points: list[Point] = []
    problems: list[str] = []
    for one in messages.latest(connection(), sender.token_id):
        try:
            batch = read_message(one.kind, one.query, one.device, bytes(one.bytes), one.received_s)
        except Problem as problem:
            problems.append(problem.code)
            continue
        points += batch.points
        problems += [batch.problem.code] if batch.problem else []
    points.sort(key=lambda point: point.t_ms)
    if not points:
        return Live(None, None, 0, 0, problems[0] if problems else None)
    newest = points[-1]
    return Live(max(0, round(now_s - newest.t_ms / 1000)), newest.accuracy_m, len(points), _gaps(points),
                problems[0] if problems else None)


def _gaps(points: Sequence[Point]) -> int:
    return sum(after.t_ms - before.t_ms > GAP_S * 1000 for before, after in pairwise(points))


def _said(t: Words, live: Live) -> dict[str, str]:
    """The live check as a sentence, and as ``good``, ``poor`` or ``none`` for its colour."""
    if live.seconds_ago is None:
        known = live.problem == "encrypted"
        return {"level": "poor" if live.problem else "none",
                "said": t("status.encrypted") if known else t("status.unread") if live.problem else t("status.none")}
    parts = [t("status.last", ago=_ago(t, live.seconds_ago))]
    if live.accuracy_m is not None and live.accuracy_m == live.accuracy_m:
        parts[0] += f", ± {t('status.metres', n=t.number(round(live.accuracy_m)))}"
    parts.append(t("status.points", n=t.number(live.points)))
    if live.gaps:
        parts.append(t("status.gaps", n=t.number(live.gaps)))
    if live.problem:
        parts.append(t("status.encrypted") if live.problem == "encrypted" else t("status.partly"))
    good = live.seconds_ago <= FRESH_S and live.problem != "encrypted"
    return {"level": "good" if good else "poor", "said": " · ".join(parts)}


def _ago(t: Words, seconds: int) -> str:
    for least, length, key in ((172800, 86400, "days"), (7200, 3600, "hours"), (120, 60, "minutes")):
        if seconds >= least:
            return t(f"status.{key}", n=t.number(seconds // length))
    return t("status.seconds", n=t.number(seconds))
