"""The addresses that ODK Collect and its kin know: form list, forms, manifests, media, submissions.

The key stands in the path, so that an app needs nothing but its server's address. What Collect makes of each status and
header is in getodk/docs (openrosa-*) and in getodk/collect; where the two differ, Collect counts.
"""

from __future__ import annotations

import hashlib
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, make_response, request
from werkzeug.exceptions import RequestEntityTooLarge

from collectors.limits import MAX_FILE_BYTES
from mapping_service import lists
from mapping_service.errors import NotFound, Problem, TooLarge
from mapping_service.instances import accept_instance, delete_instance
from mapping_service.jobs import waker
from mapping_service.records import Sender
from mapping_service.store import forms
from mapping_service.store.cities import get_city
from mapping_service.store.engine import engine_for
from mapping_service.web import keys, openrosa_xml, problems
from mapping_service.web.database import config, connection
from mapping_service.web.language import in_language
from mapping_service.web.limits import large_body
from mapping_service.web.openrosa_answers import BOOK, refusal, thanks

ROOT = "/v1/key/"
PATHS = (ROOT, "/formList", "/submission")
# Small requests survive bad links; more is taken all the same, up to the limit of any file.
PREFERRED_BYTES = 5_000_000
# A form sent as a plain field: a traced line of 40,000 points is 1 MB, Werkzeug's own limit half of that.
MAX_FIELD_BYTES = 20_000_000
# So much of what is too large is read and thrown away, for the sake of the answer.
MOST_UNREAD_BYTES = 200_000_000
MAX_DEVICE_CHARS = 255
MAX_NAME_CHARS = 255
_PIECE_BYTES = 1_000_000
_XML_PART = "xml_submission_file"
_UNFINISHED = "*isIncomplete*"
_XML = "text/xml; charset=utf-8"

blueprint = Blueprint("openrosa", __name__, url_prefix=f"{ROOT}<token>/projects/<slug>")


def install(app: Flask) -> None:
    """Mark every answer under our addresses as OpenRosa's, failures and wrong addresses as well."""
    for beginning in PATHS:
        problems.answer_for(beginning, _refused)
    app.after_request(_mark)


@blueprint.get("/formList", strict_slashes=False)
def get_form_list(token: str, slug: str) -> Response:
    """List the open forms of the key's city; ``formID`` asks for one of them."""
    sender = _sender(token, slug)
    wanted = request.args.get("formID")
    base = _base(token, slug)
    found = [form for form in forms.list_forms(connection(), sender.city_id) if wanted in (None, form.form_id)]
    return _cached(openrosa_xml.form_list(_entry(base, form) for form in found), _XML)


def _entry(base: str, form: forms.ListedForm) -> openrosa_xml.FormEntry:
    address = f"{base}/forms/{quote(form.form_id, safe='')}"
    # With its version: a phone that asked before the form changed still gets what its list said.
    url = f"{address}.xml?version={quote(form.version, safe='')}"
    manifest_url = f"{address}/manifest" if form.has_media else None
    return openrosa_xml.FormEntry(form.form_id, form.title, form.version, form.md5, url, manifest_url)


@blueprint.get("/forms/<path:form_id>.xml", strict_slashes=False)
def get_form(token: str, slug: str, form_id: str) -> Response:
    """Give a form's XML byte for byte as published: its current version, or the one asked for."""
    found = _form(_sender(token, slug), form_id, request.args.get("version"))
    return _cached(found.xml, _XML, found.md5)


@blueprint.get("/forms/<path:form_id>/manifest", strict_slashes=False)
def get_manifest(token: str, slug: str, form_id: str) -> Response:
    """List the files that go with a form."""
    _sender(token, slug)
    base = _base(token, slug)
    files = lists.media_files(connection(), get_city(connection(), slug), form_id)
    return _cached(openrosa_xml.manifest(_media_entry(base, form_id, file) for file in files), _XML)


def _media_entry(base: str, form_id: str, file: lists.ListedFile) -> openrosa_xml.MediaEntry:
    url = f"{base}/forms/{quote(form_id, safe='')}/attachments/{quote(file.name, safe='')}"
    dataset = quote(file.name.rpartition(".")[0], safe="")
    integrity_url = f"{base}/datasets/{dataset}/integrity" if file.is_entities else None
    return openrosa_xml.MediaEntry(file.name, file.md5, url, integrity_url)


@blueprint.get("/forms/<path:form_id>/attachments/<name>", strict_slashes=False)
def get_media(token: str, slug: str, form_id: str, name: str) -> Response:
    """Give one file of a form."""
    _sender(token, slug)
    file = lists.media_file(connection(), get_city(connection(), slug), form_id, name)
    if file is None:
        raise NotFound("media_unknown", f"The form “{form_id}” has no file “{name}”.")
    return _cached(file.bytes, file.mimetype, file.md5)


@blueprint.get("/datasets/<name>/integrity", strict_slashes=False)
def get_integrity(token: str, slug: str, name: str) -> Response:
    """Say which of the entities that a phone holds are gone."""
    _sender(token, slug)
    ids = [one for one in request.args.get("id", "").split(",") if one]
    deleted = lists.deleted_entities(connection(), get_city(connection(), slug), name, ids)
    return _answer(openrosa_xml.integrity(deleted), 200)


@blueprint.get("/submission", strict_slashes=False)
def get_submission(token: str, slug: str) -> tuple[str, int]:
    """Say that submissions are taken here: Collect asks by HEAD before each one, and reads headers on 204 only."""
    _sender(token, slug)
    return "", 204


@blueprint.post("/submission", strict_slashes=False)
def post_submission(token: str, slug: str) -> Response:
    """Take a filled form, or some more of its files. 201 or 202 once every byte is on disk."""
    sender = _sender(token, slug)
    url = current_app.config["DATABASE_URL"]
    incomplete = _receive()
    with large_body():
        xml, files = _sent()
        accepted = accept_instance(
            engine_for(url), sender, xml, files, incomplete=incomplete, device_id=_device_id()
        )
    waker(url).wake(slug)
    sentence = thanks(get_city(connection(), slug), accepted, xml, files)
    return _answer(openrosa_xml.message(sentence, "submit_success"), 202 if accepted.reason_code else 201)


@blueprint.delete("/forms/<path:form_id>/submissions/<path:instance_id>", strict_slashes=False)
def delete_submission(token: str, slug: str, form_id: str, instance_id: str) -> tuple[str, int]:
    """Take a filled form back: one's own, or anybody's by a manager. It is not taken in again."""
    delete_instance(engine_for(current_app.config["DATABASE_URL"]), _sender(token, slug), form_id, instance_id)
    return "", 204


def _receive() -> bool:
    """Wait for the whole request, large parts of which go to a file; whether more of the form is to come.

    Slow phones may take minutes: nobody else waits for that.
    """
    request.max_content_length = MAX_FILE_BYTES
    request.max_form_memory_size = MAX_FIELD_BYTES
    try:
        return request.form.get(_UNFINISHED, "").lower() == "yes"
    except RequestEntityTooLarge as error:
        _read_rest()
        raise TooLarge("file_too_large", f"This is larger than {MAX_FILE_BYTES // 1_000_000} MB and cannot be taken. "
                       "Send smaller photos.", limit_bytes=MAX_FILE_BYTES) from error


def _sent() -> tuple[bytes, dict[str, bytes]]:
    """The form and its files by name.

    Raises ``Problem`` ``no_instance``: also where the body broke off, of which Werkzeug makes a request without parts.
    """
    parts = list(request.files.items(multi=True))
    xml = next((part.read() for field, part in parts if field == _XML_PART), b"")
    xml = xml or request.form.get(_XML_PART, "").encode()
    if not xml:
        raise Problem("no_instance", "The request holds no filled form, or broke off on its way. Send it again.")
    return xml, {_file_name(part.filename or field): part.read() for field, part in parts if field != _XML_PART}


def _read_rest() -> None:
    """Let a phone send the rest of what is too large: it reads no answer before, only a connection that broke."""
    for _ in range(MOST_UNREAD_BYTES // _PIECE_BYTES):
        if not request.environ["wsgi.input"].read(_PIECE_BYTES):
            return


def _file_name(sent: str) -> str:
    """The last part of a name, whichever way its folders are written. It stays text: nothing is ever opened by it."""
    last = sent.replace("\\", "/").replace("\0", "").rstrip("/").rpartition("/")[2]
    return last[-MAX_NAME_CHARS:] or "file"


def _device_id() -> str | None:
    return request.args.get("deviceID", "").replace("\0", "")[:MAX_DEVICE_CHARS] or None


def _sender(token: str, slug: str) -> Sender:
    sender = keys.sender_of(token)
    g.answers_language = sender.language
    keys.require(sender, city=slug)
    return sender


def _form(sender: Sender, form_id: str, version: str | None = None) -> forms.FormXml:
    found = forms.form_xml(connection(), sender.city_id, form_id, version)
    if found is None:
        raise NotFound("form_unknown", f"There is no form “{form_id}” here, or not in this version.")
    return found


def _base(token: str, slug: str) -> str:
    """Where this project is for people outside, whatever host a proxy asks us by."""
    return f"{config().base_url}{ROOT}{token}/projects/{slug}"


def _cached(body: bytes, mimetype: str, md5: str | None = None) -> Response:
    """An answer that a phone may keep and has to ask for again: nothing is sent twice over an expensive link."""
    response = _answer(body, 200, mimetype)
    response.set_etag(md5 or hashlib.md5(body, usedforsecurity=False).hexdigest())
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _answer(body: bytes, status: int, content_type: str = _XML) -> Response:
    response = make_response(body, status)
    response.headers["Content-Type"] = content_type
    return response


def _refused(problem: Problem) -> Response:
    return _answer(openrosa_xml.message(refusal(problem), "submit_failure"), problem.status)


def _mark(response: Response) -> Response:
    if request.path.startswith(PATHS):
        response.headers["X-OpenRosa-Version"] = "1.0"
        response.headers["X-OpenRosa-Accept-Content-Length"] = str(PREFERRED_BYTES)
        response.headers["Content-Language"] = in_language(g.get("answers_language"), BOOK).language
    return response
