"""The size and the words of the code: small functions, small modules, a docstring on whatever others may call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.contract.sources import Source, body_lines, functions, sources

MOST_BODY_LINES = 40
MOST_MODULE_LINES = 420


def public(source: Source) -> Iterator[tuple[str, ast.AST]]:
    """The module itself, its public classes, functions and methods."""
    for node in source.tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
    for name, function in functions(source):
        if not any(part.startswith("_") for part in name.split(".")):
            yield name, function


def is_documented(node: ast.AST) -> bool:
    assert isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    return bool(ast.get_docstring(node))


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.path)
def test_a_module_is_short_and_says_what_it_is(source: Source) -> None:
    assert source.lines <= MOST_MODULE_LINES
    assert is_documented(source.tree) or not source.tree.body


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.path)
def test_whatever_others_may_call_says_what_it_does(source: Source) -> None:
    assert [name for name, node in public(source) if not is_documented(node)] == []


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.path)
def test_functions_are_short(source: Source) -> None:
    long = {name: body_lines(node) for name, node in functions(source) if body_lines(node) > MOST_BODY_LINES}
    assert long == {}


@pytest.mark.parametrize("path", [
    "mapping_service/records.py", "mapping_service/load_records.py", "mapping_service/street_records.py",
    "mapping_service/feed_records.py", "mapping_service/live_records.py", "gtfs_export/records.py",
])
def test_records_are_frozen(path: str) -> None:
    source = next(source for source in sources() if source.path == path)
    classes = [node for node in source.tree.body if isinstance(node, ast.ClassDef)]
    assert classes
    for node in classes:
        marks = [ast.unparse(mark) for mark in node.decorator_list]
        assert any(mark.startswith("dataclass(") and "frozen=True" in mark for mark in marks), node.name
