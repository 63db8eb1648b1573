-- The days on which booked services run: half a year, also where the lines of the release are over sooner.
SELECT service_id, ('weekday' = ANY (day_types))::integer AS monday,
       ('weekday' = ANY (day_types))::integer AS tuesday, ('weekday' = ANY (day_types))::integer AS wednesday,
       ('weekday' = ANY (day_types))::integer AS thursday, ('weekday' = ANY (day_types))::integer AS friday,
       ('saturday' = ANY (day_types))::integer AS saturday, ('sunday' = ANY (day_types))::integer AS sunday,
       to_char(valid_from, 'YYYYMMDD') AS start_date, to_char(greatest(valid_until, valid_from + 180), 'YYYYMMDD') AS end_date
FROM (SELECT DISTINCT service_id, day_types FROM feed_booked) AS service, feed_about
ORDER BY service_id COLLATE "C"
