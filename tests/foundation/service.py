"""Runs `up` with a stand-in for the web that answers /health, and one for the worker: the subject of test_up."""

from __future__ import annotations

import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from mapping_service import up as up_module
from mapping_service.config import Config, load_config
from mapping_service.postgres import open_connection


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def prepare(url: str) -> None:
    """Leave a mark in the database."""
    with open_connection(url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE prepared AS SELECT 1 AS number")


def stand_ins(config: Config, url: str) -> list[up_module.Child]:
    web = [sys.executable, "-m", "tests.foundation.service", "web"]
    # A worker that does not hear the signal: it has to be ended by force.
    worker = ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]
    return [up_module.Child("web", web, os.environ), up_module.Child("worker", worker, os.environ)]


def main() -> None:
    config = load_config(os.environ)
    if sys.argv[1:] == ["web"]:
        HTTPServer((config.host, config.port), Health).serve_forever()
    up_module.service_children = stand_ins
    up_module.KILL_AFTER_S = 1
    up_module.up(config, prepare=prepare, announce=lambda sentence: print(sentence, flush=True))


if __name__ == "__main__":
    main()
