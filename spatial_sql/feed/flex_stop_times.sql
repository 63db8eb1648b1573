-- Within its area and hours a booked service picks up and sets down anywhere: two rows, as the specification wants them.
SELECT booked_id || '-' || service_id AS trip_id, booked_id AS location_id, stop_sequence,
       gtfs_time(start_s) AS start_pickup_drop_off_window, gtfs_time(end_s) AS end_pickup_drop_off_window, pickup_type,
       drop_off_type, booked_id AS pickup_booking_rule_id, booked_id AS drop_off_booking_rule_id
FROM feed_booked
CROSS JOIN (VALUES (1, 2, 1), (2, 1, 2)) AS ends (stop_sequence, pickup_type, drop_off_type)
ORDER BY booked_id COLLATE "C", stop_sequence
