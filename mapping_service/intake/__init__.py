"""Bytes to submissions: what a file is, whether it can be used, and whether it repeats another."""
