-- Stops, and the stations to which some of them belong.
SELECT stop_id, name AS stop_name, lat AS stop_lat, lon AS stop_lon, (kind = 'station')::integer AS location_type,
       station_id AS parent_station
FROM feed_stop
ORDER BY stop_id COLLATE "C"
