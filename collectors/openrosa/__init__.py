"""Filled forms as ODK Collect, ODK Web Forms and Enketo send them. Pure: bytes in, records out."""
