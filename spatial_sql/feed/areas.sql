-- The places between which fares that grow with the way are told: stations, and stops that stand alone.
SELECT area_id, name AS area_name
FROM (SELECT DISTINCT area_id FROM feed_fare_place) AS place
JOIN feed_stop ON stop_id = area_id
ORDER BY area_id COLLATE "C"
