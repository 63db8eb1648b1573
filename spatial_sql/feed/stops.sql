-- Stops, and the stations to which some of them belong.
SELECT stop_id, name AS stop_name, stop_desc, lat AS stop_lat, lon AS stop_lon, (kind = 'station')::integer AS location_type,
       station_id AS parent_station
FROM feed_about
CROSS JOIN feed_stop
LEFT JOIN feed_stop_desc d USING (stop_id)
WHERE d.language IS NULL OR d.language = text_language
ORDER BY stop_id COLLATE "C"
