-- Stations, hail-and-ride stretches, and why a pattern is a variant.

SELECT;
