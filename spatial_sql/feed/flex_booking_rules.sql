-- How far ahead each service is booked, and where: at once, minutes ahead, or days ahead until an hour.
SELECT booked_id AS booking_rule_id, CASE WHEN notice_min = 0 THEN 0 WHEN notice_min > 0 THEN 1 ELSE 2 END AS booking_type,
       nullif(notice_min, 0) AS prior_notice_duration_min, notice_days AS prior_notice_last_day,
       gtfs_time(book_until_s) AS prior_notice_last_time, phone AS phone_number, url AS info_url
FROM feed_booked
ORDER BY booked_id COLLATE "C"
