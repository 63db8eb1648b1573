"""What the processes of a database take: those that serve a connection, its parallel workers among them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from threading import Event, Thread

SAMPLE_S = 0.02
# Fields of /proc/PID/stat after the name, see proc(5).
_PARENT, _OWN_TIMES, _TIMES_OF_CHILDREN = 1, slice(11, 13), slice(13, 15)


def cpu_s(pid: int) -> float:
    """CPU seconds of a connection's process so far, and of all workers that are over."""
    ticks = sum(_stat(pid)[_OWN_TIMES]) + sum(_stat(_stat(pid)[_PARENT])[_TIMES_OF_CHILDREN])
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[int]:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return [0, *map(int, fields[1:])]


class Watch:
    """The most memory of their own (``RssAnon``, sampled: shared buffers do not count) that all processes of the
    database of a connection hold meanwhile."""

    def __init__(self, pid: int) -> None:
        postmaster = _stat(pid)[_PARENT]
        self._children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_S):
            self.peak_mb = max(self.peak_mb, sum(map(_own_mb, self._children.read_text().split())))


def _own_mb(pid: str) -> float:
    """Nothing for a worker that is over by now."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon"):
                return int(line.split()[1]) / 1024
    return 0.0
