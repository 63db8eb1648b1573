-- Routes that say of themselves that their minutes are examples.
SELECT route_id, agency_id, short_name AS route_short_name, long_name AS route_long_name, expanded_desc AS route_desc,
       3 AS route_type
FROM feed_route
ORDER BY route_id COLLATE "C"
