-- The one row of the feed, whose version says that its trips are written out.
SELECT publisher_name AS feed_publisher_name, publisher_url AS feed_publisher_url, language AS feed_lang,
       to_char(least(valid_from, valid_until), 'YYYYMMDD') AS feed_start_date, to_char(valid_until, 'YYYYMMDD') AS feed_end_date,
       feed_version || '-expanded' AS feed_version, contact_email AS feed_contact_email, contact_url AS feed_contact_url
FROM feed_about
