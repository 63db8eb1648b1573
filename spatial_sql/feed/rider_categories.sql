-- Who reported fares: grown-up riders. What others pay nobody said.
SELECT 'adult' AS rider_category_id, text AS rider_category_name, 1 AS is_default_fare_category
FROM feed_about
JOIN feed_text ON feed_text.language = text_language AND key = 'adult'
WHERE EXISTS (SELECT FROM feed_fare_product)
