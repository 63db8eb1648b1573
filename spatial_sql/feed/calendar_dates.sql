-- Public holidays on which vehicles run as on Sundays: the days on which that is not as the calendar has it.
SELECT service_id, to_char(day, 'YYYYMMDD') AS date, CASE WHEN sunday THEN 1 ELSE 2 END AS exception_type
FROM feed_service
JOIN feed_holiday ON day BETWEEN start_date AND end_date
WHERE sunday <> CASE extract(isodow FROM day) WHEN 7 THEN sunday WHEN 6 THEN saturday ELSE weekday END
ORDER BY service_id COLLATE "C", day
