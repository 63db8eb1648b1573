"""Traces to runs: wild positions dropped, long holes cut, standing at the terminals kept as time, halts noted."""
