-- Each service that is booked as a route.
SELECT booked_id AS route_id, agency_id, name AS route_long_name, url AS route_url, 3 AS route_type
FROM feed_booked
ORDER BY booked_id COLLATE "C"
