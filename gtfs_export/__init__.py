"""A release in; GTFS, its evidence and map layers out. Nothing is inferred here: what a release lacks stays unknown."""

from gtfs_export.evidence import TABLES
from gtfs_export.feed import prepared
from gtfs_export.layers import write_layers
from gtfs_export.publish import export_evidence, export_gtfs, export_layers, export_ride, export_table
from gtfs_export.records import PublishedNetwork, Publisher
from gtfs_export.source import load_release
from gtfs_export.write import VARIANTS, write_feed

__all__ = [
    "TABLES", "VARIANTS", "PublishedNetwork", "Publisher", "export_evidence", "export_gtfs", "export_layers",
    "export_ride", "export_table", "load_release", "prepared", "write_feed", "write_layers",
]
