"""The Python files of the product, parsed, for tests that hold them to the rules of the project."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("mapping_service", "collectors", "gtfs_export", "spatial_sql")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its dotted name, its path from the root, its lines and its tree."""

    module: str
    path: str
    lines: int
    tree: ast.Module


@cache
def sources() -> tuple[Source, ...]:
    """Every Python file of the product, tests apart."""
    return tuple(_source(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))


def _source(path: Path) -> Source:
    relative = path.relative_to(ROOT)
    text = path.read_text("utf-8")
    module = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
    return Source(module, str(relative), text.count("\n"), ast.parse(text))


def imports(source: Source) -> set[str]:
    """What a file imports, anywhere in it: dotted names, with what is taken ``from`` a package as its member."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.path}: relative import"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def functions(source: Source) -> Iterator[tuple[str, Function]]:
    """Every function and method of a file with its qualified name, nested ones left out."""
    for node in source.tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for member in node.body:
                if isinstance(member, Function):
                    yield f"{node.name}.{member.name}", member


def body_lines(function: Function) -> int:
    """Lines of a function after its signature and its docstring."""
    body = function.body
    first = body[1] if ast.get_docstring(function) and len(body) > 1 else body[0]
    return (function.end_lineno or 0) - first.lineno + 1
