-- The days on which patterns were seen to run.
SELECT service_id, weekday::integer AS monday, weekday::integer AS tuesday, weekday::integer AS wednesday,
       weekday::integer AS thursday, weekday::integer AS friday, saturday::integer AS saturday, sunday::integer AS sunday,
       to_char(start_date, 'YYYYMMDD') AS start_date, to_char(end_date, 'YYYYMMDD') AS end_date
FROM feed_service
ORDER BY service_id COLLATE "C"
