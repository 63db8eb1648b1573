"""Reads a filled form: the XML of one OpenRosa submission, whichever client wrote it.

One pass of expat, with names compared without their prefix: JavaRosa declares six namespaces, Web Forms none. XForms:
https://getodk.github.io/xforms-spec/; submissions: https://docs.getodk.org/openrosa-form-submission/.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from collectors.limits import MAX_XML_DEPTH
from collectors.storable import storable_text
from mapping_service.errors import Problem, TooLarge

MAX_INSTANCE_BYTES = 20_000_000
"""Largest XML of one filled form, in bytes: a traced line of 40,000 points is 1 MB."""

MAX_ANSWERS = 100_000
"""Most elements in one filled form: 1,000 stops with 100 questions each."""

MAX_ID_CHARS = 249
"""Most characters of a form's id and version (docs.getodk.org/openrosa-metadata)."""

_FILE_NAME = re.compile(
    r"[^/\\<>|\r\n]{1,240}\.(?:jpe?g|png|gif|webp|heic|svg|gpx|kml|csv|tsv|geojson|json|xlsx?|pdf|txt|zip|gz"
    r"|m4a|mp3|amr|aac|ogg|wav|flac|mp4|3gpp?|webm|mov)",
    re.IGNORECASE,
)


@dataclass
class Node:
    """One element: its name without prefix, its text without outer blanks, and what stands in it, in order."""

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> Sequence[Node]:
        """Every element at a path below this one (``"stops/stop"``), in order: the rows of a repeat."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, path: str) -> Node | None:
        """The first element at a path, ``None`` where there is none."""
        return next(iter(self.all(path)), None)

    def value(self, path: str) -> str | None:
        """The first text at a path; ``None`` where nothing was answered, whether empty or absent."""
        return next((node.text for node in self.all(path) if node.text), None)


@dataclass(frozen=True)
class Instance:
    """One filled form.

    ``answers`` holds every answered question by its path from the root, ``stop[2]/name`` where siblings repeat, what
    stands under ``meta`` left out: empty and absent questions look the same. ``file_names`` are the texts that name a
    file; ``texts`` all of them, to tell whether some other file is named.
    """

    form_id: str
    version: str
    instance_id: str | None
    deprecated_id: str | None
    encrypted: bool
    root: Node
    answers: Mapping[str, str]
    file_names: Sequence[str]
    texts: frozenset[str]

    def names(self, file_name: str) -> bool:
        """Whether some answer is this file's name."""
        return file_name in self.texts


def read_instance(xml: bytes) -> Instance:
    """Read the XML of a filled form.

    ``instance_id`` is that of ``meta``, else of the root; ``None`` where the client gave none. Raises ``Problem``:
    ``bad_xml`` (line), ``entities_refused``, ``too_deep``, ``no_form_id``, and ``TooLarge`` ``too_many_answers``,
    ``instance_too_large``.
    """
    if len(xml) > MAX_INSTANCE_BYTES:
        raise TooLarge("instance_too_large", f"The form is larger than {MAX_INSTANCE_BYTES // 1_000_000} MB.")
    root = _Scan().run(xml)
    form_id = root.attributes.get("id", "").strip()[:MAX_ID_CHARS]
    if not form_id:
        raise Problem("no_form_id", "The form does not say which form it is: its first element has no id.")
    leaves = list(_leaves(root, "", inside_meta=False))
    texts = [node.text for _, node, _ in leaves if node.text]
    return Instance(
        form_id=form_id,
        version=root.attributes.get("version", "").strip()[:MAX_ID_CHARS],
        instance_id=root.value("meta/instanceID") or root.attributes.get("instanceID", "").strip() or None,
        deprecated_id=root.value("meta/deprecatedID"),
        encrypted=root.attributes.get("encrypted") == "yes" or root.first("base64EncryptedKey") is not None,
        root=root,
        answers={path: node.text for path, node, of_meta in leaves if node.text and not of_meta},
        file_names=tuple(dict.fromkeys(text for text in texts if _FILE_NAME.fullmatch(text))),
        texts=frozenset(texts),
    )


def _leaves(node: Node, before: str, *, inside_meta: bool) -> Iterator[tuple[str, Node, bool]]:
    """Every element that holds no other, with its path and whether it is the form's own bookkeeping."""
    counts = Counter(child.name for child in node.children)
    seen: Counter[str] = Counter()
    for child in node.children:
        seen[child.name] += 1
        path = f"{before}{child.name}" + (f"[{seen[child.name]}]" if counts[child.name] > 1 else "")
        of_meta = inside_meta or (not before and child.name == "meta")
        if child.children:
            yield from _leaves(child, f"{path}/", inside_meta=of_meta)
        else:
            yield path, child, of_meta


class _Scan:
    """The callbacks of one parse and the tree that they build."""

    def __init__(self) -> None:
        self._open: list[Node] = []
        self._parts: list[list[str]] = []
        self._root: Node | None = None
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = _refuse_doctype

    def run(self, xml: bytes) -> Node:
        """Parse to the end; the root."""
        try:
            self._parser.Parse(xml.lstrip(b" \t\r\n"), True)
        except (LookupError, ValueError) as error:
            raise Problem("bad_xml", "The form names an encoding that cannot be read.", line=1) from error
        except expat.ExpatError as error:
            raise Problem("bad_xml", "The form is not whole: its XML breaks off or is not well formed. Send it again.",
                          line=error.lineno) from error
        assert self._root is not None  # expat refuses a document without an element
        return self._root

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_XML_DEPTH:
            raise Problem("too_deep", f"The form nests questions over {MAX_XML_DEPTH} deep, which no form does.")
        if self._count > MAX_ANSWERS:
            raise TooLarge("too_many_answers", f"The form holds more than {MAX_ANSWERS:,} elements.")
        node = Node(_local(tag), {_local(name): storable_text(value) for name, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)
        self._parts.append([])

    def _text(self, text: str) -> None:
        self._parts[-1].append(text)

    def _end(self, _tag: str) -> None:
        self._open.pop().text = storable_text("".join(self._parts.pop())).strip()


def _local(name: str) -> str:
    return name.rpartition(":")[2] or name


def _refuse_doctype(*_declaration: object) -> None:
    raise Problem("entities_refused", "The form declares a document type, which can hide harm and which no client "
                  "writes. Send it again without.")
