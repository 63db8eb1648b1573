"""All benchmarks, or those named, one after the other; each writes its own table, and a summary comes last.

    python -m tests.benchmarks [NAME…] [--list]

A benchmark is a module of this folder with a ``main``. One whose data is not on this machine is left out, and the
summary says what was missing. Exit code 1 where one failed.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.report import RESULTS

FOLDER = Path(__file__).parent
_DATA = "../shared/"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark: its name, what it measures, and the data that it reads, from the folder of the repository."""

    name: str
    subject: str
    needs: tuple[Path, ...]

    @property
    def missing(self) -> list[Path]:
        """The data that is not on this machine."""
        return [path for path in self.needs if not path.exists()]


def benchmarks() -> list[Benchmark]:
    """All benchmarks in order of name."""
    found = []
    for path in sorted(FOLDER.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        runs = any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)
        if runs and path.stem != "__main__":
            found.append(Benchmark(path.stem, (ast.get_docstring(tree) or "").split("\n")[0], _needs(tree)))
    return found


def _needs(tree: ast.Module) -> tuple[Path, ...]:
    """The paths of data that stand in the code of a benchmark, its docstrings left out."""
    said = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return tuple(sorted({Path(value) for value in said if isinstance(value, str) and value.startswith(_DATA)}))


def _run(one: Benchmark) -> tuple[str, float, str]:
    """Run a benchmark; return how it ended, the seconds that it took, and the tables that it wrote."""
    if one.missing:
        return f"left out: {', '.join(map(str, one.missing))} is not here", 0.0, ""
    print(f"== {one.name}: {one.subject}", flush=True)
    began, started = time.time(), time.perf_counter()
    ended = subprocess.run([sys.executable, "-m", f"tests.benchmarks.{one.name}"], cwd=FOLDER.parents[1])
    tables = sorted(path.stem for path in RESULTS.glob("*.md") if path.stat().st_mtime >= began)
    state = "measured" if ended.returncode == 0 else f"FAILED with {ended.returncode}"
    return state, time.perf_counter() - started, ", ".join(tables)


def _chosen(names: Sequence[str]) -> list[Benchmark]:
    every = benchmarks()
    unknown = set(names) - {one.name for one in every}
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are {', '.join(one.name for one in every)}.")
    return [one for one in every if not names or one.name in names]


def main() -> None:
    """Run what was asked for and print the summary."""
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.split("\n")[0])
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--list", action="store_true", help="say what there is and what it needs")
    options = arguments.parse_args()
    chosen = _chosen(options.names)
    if options.list:
        for one in chosen:
            print(f"{one.name:16} {one.subject}" + "".join(f"\n{'':16} needs {path}" for path in one.needs))
        return
    ended = [(one.name, *_run(one)) for one in chosen]
    print(f"{'benchmark':16} {'seconds':>8}  what became of it")
    for name, state, seconds, tables in ended:
        print(f"{name:16} {seconds:8.1f}  {state}{': ' + tables if tables else ''}")
    sys.exit(1 if any("FAILED" in state for _, state, _, _ in ended) else 0)


if __name__ == "__main__":
    main()
