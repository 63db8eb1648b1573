-- Each fare to its route.
SELECT route_id AS fare_id, route_id
FROM feed_fare_product
WHERE stage = 0 AND NOT rush
ORDER BY route_id COLLATE "C"
