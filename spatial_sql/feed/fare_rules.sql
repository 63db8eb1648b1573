-- Ties each fare to its route.
SELECT r.route_id AS fare_id, r.route_id
FROM feed_about a
JOIN fare f ON f.network_id = a.network_id
JOIN feed_route r ON r.route_id = f.route_id
ORDER BY r.route_id COLLATE "C"
