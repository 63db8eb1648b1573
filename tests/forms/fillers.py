"""Fills in forms with the engines of real clients, headless: JavaRosa (ODK Collect) and ODK Web Forms.

A data set is a JSON file: where the phone is, the answers by their paths in the order of the form, and which answers
name files. The phone's clock shows 20 seconds more at each answer.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyxform

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
BEGIN_MS = 1_764_000_000_000
STEP_MS = 20_000
LISTS = {
    "stops.csv": "name,label,geometry,__version,routes\nS1,Kanda,-1.28 36.82 0 0,2,R1\nS2,S2,-1.29 36.83 0 0,1,R2\n",
    "routes.csv": "name,label,geometry,__version,line\nR1,716 Kanda – Soko,,1,716\nR2,R2,,1,\n",
    "service_points.csv": "name,label,geometry,__version,kind\nP1,Kanda clinic,-1.282 36.822 0 0,1,clinic\n",
}
Filler = Callable[[bytes, "DataSet"], bytes]


@dataclass(frozen=True)
class DataSet:
    """What somebody answers in one form."""

    name: str
    here: str
    answers: Mapping[str, str]
    files: tuple[str, ...]

    @property
    def form_id(self) -> str:
        """The form that it is for."""
        return self.name.rpartition("-")[0]


def data_sets() -> list[DataSet]:
    """All data sets, by name."""
    found = []
    for path in sorted((HERE / "data").glob("*-*.json")):
        held: dict[str, Any] = json.loads(path.read_text("utf-8"))
        found.append(DataSet(path.stem, held["here"], held["answers"], tuple(held.get("files", ()))))
    return found


def why_no_javarosa() -> str | None:
    """Why JavaRosa cannot run here, ``None`` where it can."""
    there = shutil.which("javac") and JAR.exists()
    return None if there else "JavaRosa needs a JDK (apt install openjdk-17-jdk-headless)"


def why_no_web_forms() -> str | None:
    """Why the engine of ODK Web Forms cannot run here, ``None`` where it can."""
    there = shutil.which("node") and (ROOT / "node_modules" / "@getodk" / "xforms-engine").exists()
    return None if there else "ODK Web Forms needs node and its packages (script/setup)"


def javarosa(folder: Path) -> Filler:
    """JavaRosa, compiled into a folder of the test."""
    subprocess.run(["javac", "-nowarn", "-cp", JAR, "-d", folder, HERE / "javarosa" / "Fill.java"], check=True,
                   capture_output=True)
    command = ["java", "-Duser.timezone=UTC", "-cp", f"{JAR}:{folder}", "Fill"]
    return lambda form, data: _fill(command, folder, form, data)


def web_forms(folder: Path) -> Filler:
    """The engine of ODK Web Forms."""
    return lambda form, data: _fill(["node", str(HERE / "webforms" / "fill.mjs")], folder, form, data)


def enketo(filled: bytes) -> bytes:
    """What JavaRosa filled in, as Enketo writes it: no names of spaces, ``-00:00``, ``50``, nothing that is empty."""
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", filled.decode())
    text = re.sub(r"(T[\d:.]+)Z<", r"\1-00:00<", text)
    text = re.sub(r">(\d+)\.0<", r">\1<", text)
    return re.sub(r"<(\w+)\s*/>", "", text).encode()


def _fill(command: list[str], folder: Path, form: bytes, data: DataSet) -> bytes:
    (folder / "form.xml").write_bytes(form)
    lines = [f"{path}\t{value}\t{BEGIN_MS + i * STEP_MS}" for i, (path, value) in enumerate(data.answers.items())]
    (folder / "answers.tsv").write_text("\n".join(lines), "utf-8")
    media = folder / "media"
    media.mkdir(exist_ok=True)
    for name, content in LISTS.items():
        (media / name).write_text(content, "utf-8")
    words = [*command, str(folder / "form.xml"), str(folder / "answers.tsv"), str(media), data.here]
    ran = subprocess.run(words, capture_output=True, cwd=ROOT, timeout=120)
    assert ran.returncode == 0, f"{data.name}: {ran.stderr.decode()[-2000:]}"
    return ran.stdout
