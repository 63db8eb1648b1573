"""Feeds that others made: read, kept word for word, offered, improved, and written again."""
