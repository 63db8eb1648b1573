-- One trip for each pattern, service and band of the day. A shape has its pattern's id.
SELECT t.route_id, t.service_id, trip_id, headsign AS trip_headsign, direction_id, p.pattern_id AS shape_id
FROM feed_trip t
JOIN feed_pattern p USING (pattern_no)
ORDER BY trip_no
