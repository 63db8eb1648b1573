-- Every departure of every trip at every stop, for planners that do not read frequencies.
SELECT s.trip_id || '-' || n AS trip_id, gtfs_time(arrival_s + later.s) AS arrival_time,
       gtfs_time(departure_s + later.s) AS departure_time, stop_id, stop_sequence,
       CASE WHEN is_virtual THEN 3 ELSE is_last::integer END AS pickup_type,
       CASE WHEN is_virtual THEN 3 ELSE is_first::integer END AS drop_off_type,
       CASE WHEN hailed THEN 0 END AS continuous_pickup, CASE WHEN hailed THEN 0 END AS continuous_drop_off,
       dist_m AS shape_dist_traveled, 0 AS timepoint
FROM feed_stop_time s
JOIN feed_trip t USING (trip_no)
CROSS JOIN LATERAL generate_series(1, t.departures) AS n
CROSS JOIN LATERAL (SELECT (n - 1) * t.published_headway_s AS s) AS later
ORDER BY s.pattern_no, trip_no, n::text COLLATE "C", stop_sequence
