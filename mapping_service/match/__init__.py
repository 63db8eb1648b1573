"""Runs onto the street network, where there is one: which streets each took, and one path from several runs."""
