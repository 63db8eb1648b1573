"""Reads what an XForm says of itself: its id, its questions and the files that it needs.

XForms: https://getodk.github.io/xforms-spec/; ids and versions: https://docs.getodk.org/openrosa-metadata/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from collectors.storable import storable_text
from mapping_service.errors import Problem

MAX_ID_CHARS = 249
"""Most characters of a form's id and of its version (docs.getodk.org/openrosa-metadata)."""

_XFORMS = "http://www.w3.org/2002/xforms"  # the namespace of every form: no id
_MEDIA = re.compile(r"jr://(?:file|file-csv|images?|audio|video)/(.+)")
CONTROLS = frozenset({"input", "select", "select1", "upload", "trigger", "range", "rank", "secret"})
"""The elements of a form's body that ask something."""

_UPLOADS = {"image/*": "image", "audio/*": "audio", "video/*": "video"}
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Question:
    """One question: its path below the form's root, its type, and its label in the form's first language.

    A ``label`` of ``None`` is one that nobody sees: a time, a place, a calculation.
    """

    path: str
    type: str
    label: str | None


@dataclass(frozen=True)
class XForm:
    """What a form says of itself. ``media`` are the names of the files that it needs, sorted."""

    form_id: str
    version: str
    title: str
    questions: tuple[Question, ...]
    media: tuple[str, ...]


def read_xform(xml: bytes) -> XForm:
    """Read an XForm.

    Raises ``Problem``: ``form_invalid``, ``form_encrypted``, ``form_id_bad``, ``form_empty``.
    """
    tree = parsed(xml)
    root = _instance_root(tree)
    if any(local_name(one.tag) == "submission" and one.get("base64RsaPublicKey") for one in tree.iter()):
        raise Problem("form_encrypted", "The form encrypts its answers, so that no map could be made of them. Take "
                      "“public_key” out of its settings.")
    form_id = root.get("id") or _namespace(root.tag).removeprefix(_XFORMS)
    version = root.get("version") or ""
    _check_id(form_id, version)
    questions = tuple(_questions(tree, root))
    if not any(one.label is not None for one in questions):
        raise Problem("form_empty", "The form asks nothing: it holds no question that a person would see.")
    title = next((node_text(one) for one in tree.iter() if local_name(one.tag) == "title"), "")
    return XForm(form_id, version, storable_text(title) or form_id, questions, tuple(sorted(set(_media(tree)))))


def parsed(xml: bytes) -> Element:
    """The tree of an XForm. Raises ``Problem`` ``form_invalid``."""
    try:
        tree: Element = defusedxml.ElementTree.fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Problem("form_invalid", f"The form is not well-formed XML: {error}.") from error
    return tree


def _instance_root(tree: Element) -> Element:
    """The first element of the first instance: what a filled form will be."""
    for instance in tree.iter():
        if local_name(instance.tag) == "instance" and len(instance):
            return instance[0]
    raise Problem("form_invalid", "This XML is no form: it holds no model with an instance.")


def _check_id(form_id: str, version: str) -> None:
    for what, value in (("id", form_id), ("version", version)):
        if len(value) > MAX_ID_CHARS or _NOT_PRINTABLE.search(value) or value != value.strip():
            raise Problem("form_id_bad", f"The form's {what} must be printable, without blanks around it, and have at "
                          f"most {MAX_ID_CHARS} characters.")
    if not form_id:
        raise Problem("form_id_bad", "The form has no id. Give it one in its settings, as “form_id”.")


def _questions(tree: Element, root: Element) -> Iterator[Question]:
    """Each bound question in the order of the form, then those with a control but no bind."""
    top = f"/{local_name(root.tag)}/"
    labels = dict(_labels(tree))
    binds = [one for one in tree.iter() if local_name(one.tag) == "bind"]
    types = {one.get("nodeset", ""): one.get("type", "string") for one in binds}
    for ref in dict.fromkeys([*types, *labels]):
        kind, label = labels.get(ref, (None, None))
        path = ref.removeprefix(top)
        if ref.startswith(top) and not path.startswith("meta/") and path != "meta":
            bound = types.get(ref, "string")
            yield Question(path, kind if kind and bound in ("string", "binary") else bound.split(":")[-1], label)


def _labels(tree: Element) -> Iterator[tuple[str, tuple[str | None, str]]]:
    """The reference of each control, with the type that only a control knows, and its label."""
    texts = itexts(tree)
    for one in tree.iter():
        name = local_name(one.tag)
        if name in CONTROLS:
            label = next((child for child in one if local_name(child.tag) == "label"), None)
            ref = "" if label is None else label.get("ref", "")
            text = texts.get(ref[10:-2], "") if ref.startswith("jr:itext('") else ""
            yield one.get("ref", ""), (_kind(name, one), text or (node_text(label) if label is not None else ""))


def _kind(control: str, one: Element) -> str | None:
    if control == "upload":
        return _UPLOADS.get(one.get("mediatype", ""), "file")
    return {"select1": "select_one", "select": "select_multiple", "rank": "rank", "trigger": "acknowledge"}.get(control)


def translations(tree: Element) -> dict[str, Element]:
    """The translations of a form by their names, the default one first."""
    found = [one for one in tree.iter() if local_name(one.tag) == "translation"]
    return {one.get("lang", ""): one for one in sorted(found, key=lambda one: one.get("default") is None)}


def itexts(tree: Element, language: str | None = None) -> Mapping[str, str]:
    """The texts by their ids in a language of the form, in its default language where it has no such."""
    found = translations(tree)
    chosen = found.get(language or "", next(iter(found.values()), None))
    texts: dict[str, str] = {}
    for text in () if chosen is None else chosen:
        plain = next((value for value in text if local_name(value.tag) == "value" and not value.get("form")), None)
        if plain is not None:
            texts[text.get("id", "")] = node_text(plain)
    return texts


def _media(tree: Element) -> Iterator[str]:
    for one in tree.iter():
        for said in (one.text or "", *one.attrib.values()):
            if match := _MEDIA.fullmatch(said.strip()):
                yield unquote(match[1]).rpartition("/")[2]


def node_text(node: Element) -> str:
    """All text in an element, in one line."""
    return storable_text(" ".join("".join(node.itertext()).split()))


def local_name(tag: object) -> str:
    """The name of an element without its namespace."""
    return str(tag).rpartition("}")[2]


def _namespace(tag: str) -> str:
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""
