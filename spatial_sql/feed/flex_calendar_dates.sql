-- Public holidays on which vehicles run as on Sundays: the days on which that is not as the calendar of booked services has it.
SELECT service_id, to_char(day, 'YYYYMMDD') AS date,
       CASE WHEN 'sunday' = ANY (day_types) THEN 1 ELSE 2 END AS exception_type
FROM (SELECT DISTINCT service_id, day_types FROM feed_booked) AS service, feed_about, feed_holiday
WHERE day BETWEEN valid_from AND greatest(valid_until, valid_from + 180)
  AND ('sunday' = ANY (day_types)) <> (
    CASE extract(isodow FROM day) WHEN 7 THEN 'sunday' WHEN 6 THEN 'saturday' ELSE 'weekday' END = ANY (day_types)
  )
ORDER BY service_id COLLATE "C", day
