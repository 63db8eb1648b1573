-- What people settled about the feed, and what follows from it.

-- name: holiday
-- The public holidays on which vehicles run as on Sundays, as a person says; none where nobody does. Params: holidays.
CREATE UNLOGGED TABLE feed_holiday AS
SELECT * FROM jsonb_to_recordset(CAST(:holidays AS jsonb)) AS known (day date, name text);

-- name: booked
-- The services that come when they are called. Params: network_id.
CREATE UNLOGGED TABLE feed_booked AS
SELECT b.booked_id, gtfs_name(b.name) AS name, coalesce(b.agency_id, 'informal') AS agency_id, b.geom, b.phone, b.url,
       b.day_types, days AS service_id, b.start_s, b.end_s, b.notice_min, b.notice_days, b.book_until_s
FROM booked_service b
CROSS JOIN LATERAL (
  SELECT string_agg(day, '-' ORDER BY place) AS days
  FROM unnest(ARRAY['weekday', 'saturday', 'sunday']) WITH ORDINALITY AS known (day, place)
  WHERE day = ANY (b.day_types)
) AS d
WHERE b.network_id = :network_id;

-- name: agency
-- The brands that run routes or booked services; one more stands for all informal operators of the city, where there are others. An agency without a page of its own has the publisher's. Params: network_id.
CREATE UNLOGGED TABLE feed_agency AS
SELECT known.agency_id, known.name, coalesce(known.url, a.publisher_url) AS url, known.phone, known.email,
       known.cemv_support,
       EXISTS (SELECT FROM feed_route r WHERE r.agency_id = known.agency_id) AS runs_routes,
       EXISTS (SELECT FROM feed_booked b WHERE b.agency_id = known.agency_id) AS is_booked
FROM (
  SELECT 'informal' AS agency_id, replace(t.text, '{city}', city_name) AS name, NULL AS url, NULL AS phone, NULL AS email,
         CAST(NULL AS integer) AS cemv_support
  FROM feed_about
  JOIN feed_text t ON t.language = text_language
    AND t.key = CASE WHEN synthetic THEN 'agency_synthetic' ELSE 'agency' END
  UNION ALL
  SELECT agency_id, gtfs_name(name), url, phone, email, CASE WHEN cash_only THEN 2 END
  FROM agency
  WHERE network_id = :network_id
) AS known
CROSS JOIN feed_about a;

-- name: translation
-- The feed's own sentences in the other languages, and the names that people translated. Of a sentence that only one kind of feed has, expanded says which. Nothing is said of attributions.txt: Valhalla refuses a feed that translates it.
CREATE VIEW feed_translation AS
WITH way AS (
  SELECT route_id, split_part(long_name, ' – ', 1) AS start, split_part(long_name, ' – ', 2) AS finish
  FROM feed_route
  WHERE long_name ~ ' – ' AND split_part(long_name, ' – ', 3) = ''
), translated AS (
  SELECT 'agency' AS table_name, 'agency_name' AS field_name, own.language,
         replace(own.text, '{city}', city_name) AS translation, agency_id AS record_id,
         CAST(NULL AS text) AS field_value, CAST(NULL AS boolean) AS expanded
  FROM feed_agency, feed_about, feed_own_text own
  WHERE runs_routes AND agency_id = 'informal' AND key = CASE WHEN synthetic THEN 'agency_synthetic' ELSE 'agency' END
  UNION ALL
  SELECT 'agency', 'agency_name', language, translation, agency_id, NULL, NULL
  FROM feed_agency
  JOIN feed_said USING (name)
  WHERE runs_routes AND agency_id <> 'informal'
  UNION ALL
  SELECT 'routes', 'route_desc', language, route_desc, route_id, NULL, FALSE
  FROM feed_route_text
  UNION ALL
  SELECT 'routes', 'route_desc', language, expanded_desc, route_id, NULL, TRUE
  FROM feed_route_text
  UNION ALL
  SELECT 'routes', 'route_long_name', language, translation, route_id, NULL, NULL
  FROM feed_route
  JOIN feed_said ON name = long_name
  UNION ALL
  SELECT 'routes', 'route_long_name', language,
         coalesce(max(translation) FILTER (WHERE name = start), start) || ' – '
         || coalesce(max(translation) FILTER (WHERE name = finish), finish), route_id, NULL, NULL
  FROM way
  JOIN feed_said said ON name IN (start, finish)
  WHERE NOT EXISTS (
    SELECT FROM feed_said whole WHERE whole.language = said.language AND whole.name = start || ' – ' || finish
  )
  GROUP BY route_id, language, start, finish
  UNION ALL
  SELECT 'routes', 'route_long_name', language, replace(text, '{route_id}', route_id), route_id, NULL, NULL
  FROM feed_route
  JOIN feed_own_text own ON key = 'route_unnamed' AND long_name = replace(own_text, '{route_id}', route_id)
  WHERE NOT EXISTS (SELECT FROM feed_said whole WHERE whole.language = own.language AND whole.name = long_name)
  UNION ALL
  SELECT 'stops', 'stop_name', language, translation, stop_id, NULL, NULL
  FROM feed_stop_said
  UNION ALL
  SELECT 'stops', 'stop_desc', d.language, stop_desc, stop_id, NULL, NULL
  FROM feed_about a
  JOIN feed_stop_desc d ON d.language <> split_part(lower(a.language), '-', 1)
  UNION ALL
  SELECT 'trips', 'trip_headsign', language, translation, NULL, name, NULL
  FROM feed_said
  WHERE EXISTS (SELECT FROM feed_pattern WHERE headsign = name)
)
SELECT * FROM translated;
