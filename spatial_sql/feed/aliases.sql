-- Ids of earlier releases that were given up before this one, and those that hold their rides or their places since.
SELECT l.kind, l.old_id, l.new_id, to_char(l.since AT TIME ZONE a.timezone, 'YYYYMMDD') AS since
FROM feed_about a
JOIN network n USING (network_id)
JOIN id_alias l ON l.city_id = n.city_id AND l.since <= n.created_at
ORDER BY l.kind COLLATE "C", l.old_id COLLATE "C"
