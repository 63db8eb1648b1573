"""The XML that OpenRosa clients read, as text. Pure; what Collect asks of each is in getodk/docs, openrosa-*.

Collect drops a whole list if one entry lacks a name, a hash or an address: each record here has them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

# What XML 1.0 cannot hold, not even escaped.
_NO_XML = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True)
class FormEntry:
    """One form of a list. ``md5`` is that of the very bytes at ``url``; ``manifest_url`` is ``None`` without media."""

    form_id: str
    name: str
    version: str
    md5: str
    url: str
    manifest_url: str | None


@dataclass(frozen=True)
class MediaEntry:
    """One file of a form. ``integrity_url`` is given for lists of entities only."""

    name: str
    md5: str
    url: str
    integrity_url: str | None = None


def form_list(entries: Iterable[FormEntry]) -> bytes:
    """The forms that a phone may fetch."""
    xforms = (
        _element("xform", _element("formID", _text(one.form_id)) + _element("name", _text(one.name))
                 + _element("version", _text(one.version)) + _element("hash", f"md5:{one.md5}")
                 + _element("downloadUrl", _text(one.url))
                 + (_element("manifestUrl", _text(one.manifest_url)) if one.manifest_url else ""))
        for one in entries
    )
    return _document("xforms", "http://openrosa.org/xforms/xformsList", xforms)


def manifest(entries: Iterable[MediaEntry]) -> bytes:
    """The files that go with a form."""
    files = (
        f"<mediaFile{_type(one)}>" + _element("filename", _text(one.name)) + _element("hash", f"md5:{one.md5}")
        + _element("downloadUrl", _text(one.url))
        + (_element("integrityUrl", _text(one.integrity_url)) if one.integrity_url else "") + "</mediaFile>\n"
        for one in entries
    )
    return _document("manifest", "http://openrosa.org/xforms/xformsManifest", files)


def integrity(deleted: Mapping[str, bool]) -> bytes:
    """Which entities of a list are gone: Collect reads ``true`` and ``false`` to the letter."""
    found = (f"<entity id={quoteattr(_plain(key))}>{_element('deleted', str(gone).lower())}</entity>\n"
             for key, gone in deleted.items())
    return (_DECLARATION + f"<data><entities>\n{''.join(found)}</entities></data>\n").encode()


def message(sentence: str, nature: str) -> bytes:
    """The answer to a submission: ``sentence`` is shown to the collector as it is."""
    said = f"<message nature={quoteattr(nature)}>{_text(sentence)}</message>"
    return _document("OpenRosaResponse", "http://openrosa.org/http/response", (said,))


def _document(root: str, namespace: str, inner: Iterable[str]) -> bytes:
    return (_DECLARATION + f'<{root} xmlns="{namespace}">\n{"".join(inner)}</{root}>\n').encode()


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>\n"


def _text(value: str) -> str:
    return escape(_plain(value))


def _plain(value: str) -> str:
    return _NO_XML.sub(" ", value)


def _type(one: MediaEntry) -> str:
    return ' type="entityList"' if one.integrity_url else ""
