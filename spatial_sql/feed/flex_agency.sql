-- The brands of the services that are booked.
SELECT agency_id, name AS agency_name, url AS agency_url, timezone AS agency_timezone, language AS agency_lang,
       phone AS agency_phone, email AS agency_email, cemv_support
FROM feed_agency, feed_about
WHERE is_booked
ORDER BY agency_id COLLATE "C"
