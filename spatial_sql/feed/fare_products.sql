-- What a ride costs on each route: all the way, by stage where the fare grows with the way, and in the rush hours where they are dearer.
SELECT product_id AS fare_product_id,
       CASE WHEN rush THEN replace(rush_text.text, '{fare}', name) ELSE name END AS fare_product_name,
       'adult' AS rider_category_id, 'cash' AS fare_media_id, amount, p.currency
FROM feed_fare_product p
CROSS JOIN feed_about
JOIN feed_text whole ON whole.language = text_language AND whole.key = 'fare_whole'
JOIN feed_text part ON part.language = text_language AND part.key = 'fare_stage'
JOIN feed_text rush_text ON rush_text.language = text_language AND rush_text.key = 'fare_rush'
CROSS JOIN LATERAL (
  SELECT CASE WHEN stage = 0 THEN whole.text ELSE replace(part.text, '{number}', stage::text) END AS name
) AS named
ORDER BY product_id COLLATE "C"
