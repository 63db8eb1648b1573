-- How fares are paid: in cash, without a ticket.
SELECT 'cash' AS fare_media_id, text AS fare_media_name, 0 AS fare_media_type
FROM feed_about
JOIN feed_text ON feed_text.language = text_language AND key = 'cash'
WHERE EXISTS (SELECT FROM feed_fare_product)
