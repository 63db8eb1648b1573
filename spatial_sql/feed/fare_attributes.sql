-- The usual fare of a whole ride on each route on which riders reported one, paid on board, for one ride.
SELECT p.route_id AS fare_id, amount AS price, currency AS currency_type, 0 AS payment_method, 0 AS transfers, agency_id
FROM feed_fare_product p
JOIN feed_route USING (route_id)
WHERE stage = 0 AND NOT rush
ORDER BY p.route_id COLLATE "C"
