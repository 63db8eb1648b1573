"""A form as it would be on paper: its questions in order, in one of its languages, with room for the answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from collectors.forms.xform import CONTROLS, itexts, local_name, node_text, parsed, translations

_ITEXT = re.compile(r"jr:itext\('(.+)'\)")
_INSTANCE = re.compile(r"instance\('([^']+)'\)")
_CODE = re.compile(r"\(([A-Za-z]{2,3})\)\s*$")
_KINDS = {"select1": "one", "select": "many", "rank": "many", "upload": "file", "trigger": "one"}
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True)
class PaperQuestion:
    """One question. ``kind`` is how it is answered: ``one``, ``many``, ``file`` or ``text``."""

    label: str
    hint: str
    kind: str
    choices: tuple[str, ...]


@dataclass(frozen=True)
class PaperPart:
    """Questions that stand together, under a label of their own where they have one; ``repeats`` as often as needed."""

    label: str
    repeats: bool
    questions: tuple[PaperQuestion, ...]


@dataclass(frozen=True)
class PaperForm:
    """A form in one language: ``language`` as the form names it, its ``code`` (``""`` if not told), its direction."""

    title: str
    language: str
    code: str
    direction: str
    languages: tuple[str, ...]
    parts: tuple[PaperPart, ...]


def paper_form(xml: bytes, title: str, wanted: str | None) -> PaperForm:
    """Lay out a form in the language that is ``wanted`` (a code, or a name as the form has it), else in its first."""
    tree = parsed(xml)
    languages = tuple(name for name in translations(tree) if name)
    language = next((name for name in languages if wanted and wanted in (name, _code(name))),
                    languages[0] if languages else "")
    texts = itexts(tree, language)
    body = next((one for one in tree.iter() if local_name(one.tag) == "body"), None)
    parts = [] if body is None else list(_parts(body, _Reader(tree, texts)))
    direction = "rtl" if _code(language) in _RIGHT_TO_LEFT else "ltr"
    return PaperForm(title, language, _code(language), direction, languages,
                     tuple(part for part in parts if part.questions))


def _code(language: str) -> str:
    found = _CODE.search(language)
    return found[1].lower() if found else language.lower() if len(language) == 2 else ""


class _Reader:
    """Labels and choices of one form in one language."""

    def __init__(self, tree: Element, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lists = {one.get("id", ""): one for one in tree.iter() if local_name(one.tag) == "instance"}

    def said(self, node: Element, what: str) -> str:
        """The label or the hint of an element."""
        found = next((child for child in node if local_name(child.tag) == what), None)
        return "" if found is None else self._text(found)

    def _text(self, node: Element) -> str:
        match = _ITEXT.fullmatch(node.get("ref", ""))
        return self._texts.get(match[1], "") if match else node_text(node)

    def question(self, control: Element) -> PaperQuestion:
        """One question with its choices, none where they come from a file."""
        name = local_name(control.tag)
        return PaperQuestion(self.said(control, "label"), self.said(control, "hint"), _KINDS.get(name, "text"),
                             tuple(self._choices(control)))

    def _choices(self, control: Element) -> Iterator[str]:
        for child in control:
            if local_name(child.tag) == "item":
                yield self.said(child, "label")
            match = _INSTANCE.search(child.get("nodeset", "")) if local_name(child.tag) == "itemset" else None
            for item in self._lists[match[1]].iter() if match and match[1] in self._lists else ():
                if local_name(item.tag) == "item":
                    yield self._choice(item)

    def _choice(self, item: Element) -> str:
        held = {local_name(child.tag): node_text(child) for child in item}
        return self._texts.get(held.get("itextId", ""), "") or held.get("label") or held.get("name", "")


def _parts(node: Element, reader: _Reader) -> Iterator[PaperPart]:
    """The parts of a group, in order: runs of questions, and what stands in groups and repeats of its own."""
    waiting: list[PaperQuestion] = []
    for child in node:
        name = local_name(child.tag)
        if name in CONTROLS:
            waiting.append(reader.question(child))
        elif name in ("group", "repeat"):
            yield PaperPart("", False, tuple(waiting))
            waiting = []
            yield from _inner(child, reader)
    yield PaperPart("", False, tuple(waiting))


def _inner(group: Element, reader: _Reader) -> Iterator[PaperPart]:
    label = reader.said(group, "label")
    repeat = next((child for child in group if local_name(child.tag) == "repeat"), None)
    if repeat is not None:
        asked = [question for part in _parts(repeat, reader) for question in part.questions]
        yield PaperPart(label, True, tuple(asked))
        return
    parts = [part for part in _parts(group, reader) if part.questions]
    for i, part in enumerate(parts):
        yield PaperPart(part.label or (label if i == 0 else ""), part.repeats, part.questions)
