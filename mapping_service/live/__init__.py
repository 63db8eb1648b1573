"""Vehicles that are under way right now, told so that nobody can be found. Pure."""
