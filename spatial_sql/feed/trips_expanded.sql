-- One trip for each departure, for planners that do not read frequencies.
SELECT t.route_id, t.service_id, trip_id || '-' || n AS trip_id, headsign AS trip_headsign, direction_id,
       p.pattern_id AS shape_id
FROM feed_trip t
JOIN feed_pattern p USING (pattern_no)
CROSS JOIN LATERAL generate_series(1, t.departures) AS n
ORDER BY trip_no, n::text COLLATE "C"
