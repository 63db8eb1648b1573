-- The brands that riders know.
SELECT agency_id, name AS agency_name, url AS agency_url, timezone AS agency_timezone, language AS agency_lang
FROM feed_agency, feed_about
ORDER BY agency_id COLLATE "C"
