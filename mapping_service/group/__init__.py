"""Runs to routes: which runs rode the same route in the same direction, from geometry and time alone."""
