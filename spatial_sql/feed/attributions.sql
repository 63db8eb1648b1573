-- The publisher, the riders who collected the data, and whoever mapped the streets on which shapes may lie.
SELECT attribution_id, organization_name, 1 AS is_producer, attribution_url, attribution_email
FROM (
  SELECT 1 AS place, 'publisher' AS attribution_id, publisher_name AS organization_name,
         publisher_url AS attribution_url, contact_email AS attribution_email
  FROM feed_about
  UNION ALL
  SELECT 2, 'riders', replace(text, '{city}', city_name), NULL, NULL
  FROM feed_about
  JOIN feed_text ON feed_text.language = text_language AND key = 'riders'
  UNION ALL
  SELECT 3, 'streets', street_credit || CASE WHEN of_osm AND street_credit !~ 'ODbL' THEN ', ODbL' ELSE '' END,
         CASE WHEN of_osm THEN 'https://www.openstreetmap.org/copyright' END, NULL
  FROM feed_about
  CROSS JOIN LATERAL (SELECT street_credit ~ 'OpenStreetMap' AS of_osm) AS source
  WHERE street_credit IS NOT NULL
) AS producer
ORDER BY place
