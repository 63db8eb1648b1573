-- Routes with a known fare: each has its own, and is a network of its own for that.
SELECT route_id AS network_id, coalesce(long_name, short_name) AS network_name
FROM feed_route
WHERE EXISTS (SELECT FROM feed_fare_product p WHERE p.route_id = feed_route.route_id)
ORDER BY route_id COLLATE "C"
