"""The job queue's own schema (Procrastinate), applied by the first migration."""

from __future__ import annotations

from importlib import resources


def queue_schema() -> str:
    """Return the SQL of the queue, percent signs safe for the driver."""
    return resources.files("procrastinate.sql").joinpath("schema.sql").read_text("utf-8").replace("%", "%%")
