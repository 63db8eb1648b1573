-- What the feed of plain trips says in other languages.
SELECT table_name, field_name, language, translation, record_id, field_value
FROM feed_translation
WHERE expanded IS NOT FALSE
ORDER BY table_name COLLATE "C", field_name COLLATE "C", language COLLATE "C", record_id COLLATE "C", field_value COLLATE "C"
