-- Which network each route with a known fare is.
SELECT route_id AS network_id, route_id
FROM (SELECT DISTINCT route_id FROM feed_fare_product) AS priced
ORDER BY route_id COLLATE "C"
