-- Every stop timed, none of the times exact. Riders ask the driver at a stop without a sign, and board anywhere on hailed
-- sections. Nobody boards where a trip ends, or gets off where it begins.
SELECT trip_id, gtfs_time(arrival_s) AS arrival_time, gtfs_time(departure_s) AS departure_time, stop_id, stop_sequence,
       CASE WHEN is_virtual THEN 3 ELSE is_last::integer END AS pickup_type,
       CASE WHEN is_virtual THEN 3 ELSE is_first::integer END AS drop_off_type,
       CASE WHEN hailed THEN 0 END AS continuous_pickup, CASE WHEN hailed THEN 0 END AS continuous_drop_off,
       dist_m AS shape_dist_traveled, 0 AS timepoint
FROM feed_stop_time
ORDER BY pattern_no, trip_no, stop_sequence
