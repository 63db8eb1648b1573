-- The one row of the feed: who publishes it, from when to when it holds. Its version is the release's first day and number. A feed whose service is over by then holds on its last day.
SELECT publisher_name AS feed_publisher_name, publisher_url AS feed_publisher_url, language AS feed_lang,
       to_char(least(valid_from, valid_until), 'YYYYMMDD') AS feed_start_date, to_char(valid_until, 'YYYYMMDD') AS feed_end_date,
       feed_version, contact_email AS feed_contact_email, contact_url AS feed_contact_url
FROM feed_about
