-- How often, never at which minute: one row for each trip, starting with it.
SELECT trip_id, gtfs_time(start_s) AS start_time, gtfs_time(end_s) AS end_time, published_headway_s AS headway_secs,
       0 AS exact_times
FROM feed_trip
ORDER BY trip_no
