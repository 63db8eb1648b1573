-- The stops of each area.
SELECT area_id, stop_id
FROM (SELECT DISTINCT area_id, stop_id FROM feed_fare_place) AS place
ORDER BY area_id COLLATE "C", stop_id COLLATE "C"
