-- The rush hours, in which some fares are higher, on every day of service: the bands in which inference compares reports.
SELECT 'rush' AS timeframe_group_id, start_time, end_time, service_id
FROM feed_service
CROSS JOIN (VALUES ('07:00:00', '09:00:00'), ('15:00:00', '18:00:00')) AS hours (start_time, end_time)
WHERE EXISTS (SELECT FROM feed_fare_product WHERE rush)
ORDER BY start_time COLLATE "C", service_id COLLATE "C"
