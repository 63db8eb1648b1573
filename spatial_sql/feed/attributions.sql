-- The publisher, the riders who collected the data, whoever mapped the streets on which shapes may lie, and those whose feeds are carried on.
SELECT attribution_id, organization_name, 1 AS is_producer, attribution_url, attribution_email
FROM (
  SELECT 1 AS place, 'publisher' AS attribution_id, publisher_name AS organization_name,
         publisher_url AS attribution_url, contact_email AS attribution_email
  FROM feed_about
  UNION ALL
  SELECT 2, 'riders', replace(text, '{city}', city_name), NULL, NULL
  FROM feed_about
  JOIN feed_text ON feed_text.language = text_language AND key = 'riders'
  WHERE EXISTS (SELECT FROM feed_pattern)
  UNION ALL
  SELECT 3, 'streets', street_credit || CASE WHEN of_osm AND street_credit !~ 'ODbL' THEN ', ODbL' ELSE '' END,
         CASE WHEN of_osm THEN 'https://www.openstreetmap.org/copyright' END, NULL
  FROM feed_about
  CROSS JOIN LATERAL (SELECT street_credit ~ 'OpenStreetMap' AS of_osm) AS source
  WHERE street_credit IS NOT NULL
  UNION ALL
  SELECT 3 + source_id, 'feed-' || source_id, gtfs_name(name), NULL, NULL
  FROM source_feed f
  WHERE EXISTS (SELECT FROM feed_about JOIN pattern p USING (network_id) WHERE p.source_id = f.source_id)
) AS producer
ORDER BY place
