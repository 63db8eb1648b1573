-- Which fare a ride costs. What is empty counts for any ride, and of several rules that fit the one with the highest priority holds: between two areas before all the way, in the rush hours before any time.
SELECT route_id AS network_id, from_area_id, to_area_id, CASE WHEN rush THEN 'rush' END AS from_timeframe_group_id,
       product_id AS fare_product_id, (stage > 0)::integer * 2 + rush::integer AS rule_priority
FROM feed_fare_product
LEFT JOIN feed_fare_pair USING (route_id, stage)
WHERE stage = 0 OR from_area_id IS NOT NULL
ORDER BY route_id COLLATE "C", rule_priority, from_area_id COLLATE "C", to_area_id COLLATE "C"
