"""A process that is killed outright takes with it those that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

from mapping_service.stages import _each

MUCH = 1000


def tell_who_works(folder: str, number: int) -> None:
    """Leave a file under the number of this process."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(0.05)


def main(folder: str) -> None:
    """Work long in two processes."""
    _each(partial(tell_who_works, folder), range(MUCH), 2, lambda *_: None)


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_no_helper_outlives_a_process_that_is_killed(tmp_path: Path) -> None:
    code = f"from tests.pipeline.test_killed import main\nif __name__ == '__main__': main({str(tmp_path)!r})"
    parent = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    try:
        deadline_s = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline_s:
            time.sleep(0.05)
        helpers = [int(path.name) for path in tmp_path.iterdir()]
        assert len(helpers) == 2 and all(map(is_alive, helpers))
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        while any(map(is_alive, helpers)) and time.monotonic() < deadline_s:
            time.sleep(0.05)
        assert not any(map(is_alive, helpers))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(parent.pid, signal.SIGKILL)
