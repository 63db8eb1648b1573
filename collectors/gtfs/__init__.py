"""Feeds that others made: read as text, nothing retyped, so that all of it can be written again; then understood."""
