-- The publisher, the riders who collected the data, and whoever mapped the streets on which shapes may lie.
SELECT 'A' || row_number() OVER (ORDER BY place) AS attribution_id, name AS organization_name, 1 AS is_producer,
       url AS attribution_url
FROM (
  SELECT 1 AS place, publisher_name AS name, publisher_url AS url FROM feed_about
  UNION ALL
  SELECT 2, replace(text, '{city}', city_name), NULL
  FROM feed_about JOIN feed_text ON feed_text.language = text_language AND key = 'riders'
  UNION ALL
  SELECT 3, street_credit, NULL FROM feed_about WHERE street_credit IS NOT NULL
) AS producer
ORDER BY place
