-- One trip for each service that is booked.
SELECT booked_id AS route_id, service_id, booked_id || '-' || service_id AS trip_id
FROM feed_booked
ORDER BY booked_id COLLATE "C"
