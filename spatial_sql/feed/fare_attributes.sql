-- The usual fare of each route on which riders reported one, paid on board, for one ride.
SELECT r.route_id AS fare_id, round(f.amount, c.decimals) AS price, f.currency AS currency_type, 0 AS payment_method,
       0 AS transfers, r.agency_id
FROM feed_about a
JOIN fare f ON f.network_id = a.network_id
JOIN feed_route r ON r.route_id = f.route_id
JOIN feed_currency c ON c.currency = f.currency
ORDER BY r.route_id COLLATE "C"
