-- Routes as buses: the extended type for shared taxis (1501) is unknown to most trip planners.
SELECT route_id, agency_id, short_name AS route_short_name, long_name AS route_long_name, route_desc, 3 AS route_type
FROM feed_route
ORDER BY route_id COLLATE "C"
