-- What the map of a whole city draws of a release.

-- name: list_ways
-- Every pattern of a network with the names of its first and its last stop, route by route. Params: network_id.
SELECT p.route_id, ST_AsBinary(p.geom, 'NDR') AS geom, first.name AS first_name, last.name AS last_name
FROM pattern p
JOIN LATERAL (
  SELECT s.name
  FROM pattern_stop ps JOIN stop s USING (network_id, stop_id)
  WHERE ps.network_id = p.network_id AND ps.pattern_id = p.pattern_id
  ORDER BY ps.stop_sequence
  LIMIT 1
) first ON true
JOIN LATERAL (
  SELECT s.name
  FROM pattern_stop ps JOIN stop s USING (network_id, stop_id)
  WHERE ps.network_id = p.network_id AND ps.pattern_id = p.pattern_id
  ORDER BY ps.stop_sequence DESC
  LIMIT 1
) last ON true
WHERE p.network_id = :network_id
ORDER BY p.route_id COLLATE "C", p.pattern_id COLLATE "C";
