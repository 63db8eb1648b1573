"""A double of ODK Collect: it asks, splits and judges as Collect does (getodk/collect, OkHttpConnection and its kin).

Where Collect would show an error, ``Rejected`` is raised with what it would say.
"""

from __future__ import annotations

import hashlib
import http.client
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

MOST_FILES = 101
DEFAULT_LIMIT_BYTES = 10_000_000
LIST = "{http://openrosa.org/xforms/xformsList}"
MANIFEST = "{http://openrosa.org/xforms/xformsManifest}"
RESPONSE = "{http://openrosa.org/http/response}"
HEADERS = {
    "X-OpenRosa-Version": "1.0",
    "User-Agent": "org.odk.collect.android/v2026.1.0 Dalvik/2.1.0",
    # Its pattern has a clock of 12 hours: wrong half of the day.
    "Date": "Mon, 23 Nov 2026 03:32:10 GMT",
}
BOUNDARY = "------------------------collect"


class Rejected(Exception):
    """What Collect would show instead of going on."""


@dataclass(frozen=True)
class Answer:
    """A response, read to its end; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """What the collector reads."""
        root = ET.fromstring(self.body)
        assert root.tag == f"{RESPONSE}OpenRosaResponse", root.tag
        return root.findtext(f"{RESPONSE}message") or ""


@dataclass(frozen=True)
class ListedForm:
    """One entry of a form list."""

    form_id: str
    name: str
    version: str
    md5: str
    url: str
    manifest_url: str | None


@dataclass(frozen=True)
class Media:
    """One file of a form, as its manifest tells of it and as it was fetched."""

    name: str
    md5: str
    url: str
    integrity_url: str | None
    data: bytes = b""


@dataclass(frozen=True)
class Blank:
    """A form on the phone, with its files."""

    form: ListedForm
    xml: bytes
    media: Mapping[str, Media] = field(default_factory=dict)


def exchange(
    method: str, url: str, body: bytes | Iterator[bytes] | None = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """One request and its response. A body that comes in pieces is sent chunked."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, body, {**HEADERS, **(headers or {})})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
    finally:
        connection.close()


def multipart(xml: bytes, files: Sequence[tuple[str, bytes]] = (), *, incomplete: bool = False) -> bytes:
    """The body of one submission, its parts as Collect orders them."""
    parts = [_part('name="xml_submission_file"; filename="form.xml"', "text/xml", xml)]
    parts += [_part(f'name="{name}"; filename="{name}"', "application/octet-stream", data) for name, data in files]
    if incomplete:
        parts.append(_part('name="*isIncomplete*"', "text/plain", b"yes"))
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def _part(disposition: str, content_type: str, data: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\nContent-Type: {content_type}\r\n\r\n"
    return head.encode() + data + b"\r\n"


@dataclass(frozen=True)
class Collect:
    """One phone. ``server`` is the address in its settings, the key in it."""

    server: str
    device: str = "collect:0123456789abcdef"

    def url(self, path: str) -> str:
        """An address of the server, with the device that Collect puts on every one."""
        return self._marked(f"{self.server}/{path}")

    def _marked(self, url: str) -> str:
        return f"{url}{'&' if urlsplit(url).query else '?'}deviceID={quote(self.device)}"

    def form_list(self) -> list[ListedForm]:
        """The forms that the server offers; one bad entry costs the whole list."""
        root = self._xml(self.url("formList"))
        if root.tag != f"{LIST}xforms":
            raise Rejected(f"not a form list: {root.tag}")
        return [self._listed(one) for one in root.findall(f"{LIST}xform")]

    def _listed(self, one: ET.Element) -> ListedForm:
        form_id, name, version, md5, url = (
            one.findtext(f"{LIST}{tag}") or "" for tag in ("formID", "name", "version", "hash", "downloadUrl")
        )
        if not (form_id and name and url and md5.startswith("md5:")):
            raise Rejected(f"an entry lacks something: {ET.tostring(one)!r}")
        return ListedForm(form_id, name, version, md5.removeprefix("md5:"), url, one.findtext(f"{LIST}manifestUrl"))

    def fetch(self, form: ListedForm) -> Blank:
        """Take a form onto the phone, with its files, every hash checked."""
        xml = self._get(self._marked(form.url)).body
        if hashlib.md5(xml).hexdigest() != form.md5:
            raise Rejected(f"{form.form_id}: another hash than the list said")
        return Blank(form, xml, {one.name: one for one in self._media(form)})

    def _media(self, form: ListedForm) -> Iterator[Media]:
        if form.manifest_url is None:
            return
        root = self._xml(self._marked(form.manifest_url))
        if root.tag != f"{MANIFEST}manifest":
            raise Rejected(f"not a manifest: {root.tag}")
        for one in root.findall(f"{MANIFEST}mediaFile"):
            name, md5, url = (one.findtext(f"{MANIFEST}{tag}") or "" for tag in ("filename", "hash", "downloadUrl"))
            if not (name and url and md5.startswith("md5:")):
                raise Rejected(f"an entry lacks something: {ET.tostring(one)!r}")
            integrity_url = one.findtext(f"{MANIFEST}integrityUrl")
            data = self._get(self._marked(url)).body
            if integrity_url is None and hashlib.md5(data).hexdigest() != md5.removeprefix("md5:"):
                raise Rejected(f"{name}: another hash than the manifest said")
            yield Media(name, md5.removeprefix("md5:"), url, integrity_url, data)

    def send(self, xml: bytes, files: Mapping[str, bytes] | None = None) -> list[Answer]:
        """Send a filled form with its files, in as many requests as the server's limit asks for."""
        limit_bytes = self._ask()
        return [self._post(body) for body in split(xml, files or {}, limit_bytes)]

    def _ask(self) -> int:
        answer = exchange("HEAD", self.url("submission"))
        if answer.status == 204:
            if "location" in answer.headers:
                raise Rejected("sent elsewhere")
            return int(answer.headers.get("x-openrosa-accept-content-length", DEFAULT_LIMIT_BYTES))
        if answer.status == 401:
            raise Rejected("authentication required")
        if 200 <= answer.status < 300:
            raise Rejected("is this an OpenRosa submission endpoint?")
        return DEFAULT_LIMIT_BYTES

    def _post(self, body: bytes) -> Answer:
        answer = exchange("POST", self.url("submission"), body,
                          {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
        if answer.status not in (201, 202):
            raise Rejected(f"{answer.status}: {answer.message}")
        assert answer.message
        return answer

    def _get(self, url: str) -> Answer:
        answer = exchange("GET", url)
        if answer.status != 200:
            raise Rejected(f"server error {answer.status}")
        return answer

    def _xml(self, url: str) -> ET.Element:
        answer = self._get(url)
        if "x-openrosa-version" not in answer.headers:
            raise Rejected("not an OpenRosa server")
        if "text/xml" not in answer.headers.get("content-type", ""):
            raise Rejected("often caused by a network proxy")
        return ET.fromstring(answer.body)


def split(xml: bytes, files: Mapping[str, bytes], limit_bytes: int) -> Iterator[bytes]:
    """The bodies of one submission: each repeats the form, all but the last say that more is to come."""
    left = list(files.items())
    while True:
        taken: list[tuple[str, bytes]] = []
        size = len(xml)
        while left:
            taken.append(left.pop(0))
            size += len(taken[-1][1])
            if left and (len(taken) >= MOST_FILES or size + len(left[0][1]) > limit_bytes):
                break
        yield multipart(xml, taken, incomplete=bool(left))
        if not left:
            return
