-- Virtual stops: what they are placed by, and where they are.

-- name: list_hailed_patterns
-- The patterns of a network that riders hail, with their lines, stops and stretches. Params: network_id.
SELECT p.pattern_id, ST_AsBinary(p.geom) AS line, p.length_m,
       ARRAY(
         SELECT s.dist_m FROM pattern_stop s
         WHERE s.network_id = p.network_id AND s.pattern_id = p.pattern_id ORDER BY s.stop_sequence
       ) AS stops_m,
       array_agg(h.from_m ORDER BY h.from_m) AS from_m, array_agg(h.to_m ORDER BY h.from_m) AS to_m
FROM pattern p
JOIN hail_stretch h USING (network_id, pattern_id)
WHERE p.network_id = :network_id
GROUP BY p.network_id, p.pattern_id, p.geom, p.length_m
ORDER BY p.pattern_id COLLATE "C";

-- name: list_places
-- Where the virtual stops of a city were when they were last released. Params: city_id.
SELECT DISTINCT ON (stop_id COLLATE "C") stop_id, ST_X(geom) AS lon, ST_Y(geom) AS lat, heading_deg
FROM virtual_stop
WHERE city_id = :city_id
ORDER BY stop_id COLLATE "C", network_id DESC, pattern_id COLLATE "C";
