"""A release in; GTFS, its evidence and map layers out. Nothing is inferred here: what a release lacks stays unknown."""

from gtfs_export.check import check_feed
from gtfs_export.evidence import evidence_rows
from gtfs_export.feed import build_feed
from gtfs_export.layers import write_layers
from gtfs_export.publish import export_evidence, export_gtfs, export_layers
from gtfs_export.records import PublishedNetwork, Publisher
from gtfs_export.source import load_release
from gtfs_export.write import write_evidence, write_gtfs

__all__ = [
    "PublishedNetwork", "Publisher", "build_feed", "check_feed", "evidence_rows", "export_evidence",
    "export_gtfs", "export_layers", "load_release", "write_evidence", "write_gtfs", "write_layers",
]
