"""Street maps into ``StreetMap`` records: files with pyosmium (``files``), names of places with osmnx (``place``).

Both know what a bus may drive from ``rules`` and make junctions and streets of ways in ``network``.
"""

ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
"""What https://www.openstreetmap.org/copyright asks to be shown wherever the streets are."""
