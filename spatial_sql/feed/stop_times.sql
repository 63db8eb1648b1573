-- Every stop timed, none of the times exact. Continuous stopping: 0 is hailed anywhere, empty is none.
SELECT trip_id, gtfs_time(arrival_s) AS arrival_time, gtfs_time(departure_s) AS departure_time, stop_id, stop_sequence,
       CASE WHEN hailed THEN 0 END AS continuous_pickup, CASE WHEN hailed THEN 0 END AS continuous_drop_off,
       dist_m AS shape_dist_traveled, 0 AS timepoint
FROM feed_stop_time
ORDER BY trip_no, stop_sequence
