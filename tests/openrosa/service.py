"""The service as it runs in earnest: the web of ``up`` on a port of its own, which tests may also kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mapping_service.config import Config, load_config
from mapping_service.up import is_healthy, service_children


@dataclass(frozen=True)
class Service:
    """A running web: its address and its database."""

    base_url: str
    database_url: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it as a lost power supply would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(database_url: str, folder: Path, workers: int = 2) -> Iterator[Service]:
    """Run the web for a database; ``folder`` takes its log."""
    port = free_port()
    config = load_config({
        "COMMONWAY_DATA": str(folder), "COMMONWAY_PORT": str(port), "COMMONWAY_WORKERS": str(workers),
        "DATABASE_URL": database_url,
    })
    (web, _) = service_children(config, database_url)
    environ = {**web.environ, "COMMONWAY_PORT": str(port), "COMMONWAY_BASE_URL": config.base_url}
    with (folder / "web.log").open("wb") as log:
        process = subprocess.Popen(web.command, env=environ, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(config, process)
            yield Service(config.base_url, database_url, process)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(30)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(config: Config, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if is_healthy(config):
            return
        assert process.poll() is None, (config.data_dir / "web.log").read_text()
        time.sleep(0.1)
    raise AssertionError("The web did not start.")
