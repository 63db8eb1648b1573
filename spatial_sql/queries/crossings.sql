-- What stops that nobody named are called after streets.

-- name: insert_crossings
-- The junctions of a city at which streets of different names meet, each with the two that are known best: the larger streets, of equals in the order of the alphabet. Params: city_id.
INSERT INTO crossing (city_id, junction, geog, first_name, second_name)
WITH street_end AS (
  SELECT e.junction, e.geom, s.name,
         coalesce(array_position(ARRAY['motorway', 'trunk', 'primary', 'secondary', 'tertiary'], replace(s.kind, '_link', '')), 6)
           AS rank
  FROM street s
  CROSS JOIN LATERAL (VALUES (s.tail, ST_StartPoint(s.geom)), (s.head, ST_EndPoint(s.geom))) AS e (junction, geom)
  WHERE s.city_id = :city_id AND s.name IS NOT NULL
), called AS (
  -- Of spellings that differ in capitals only there is one.
  SELECT junction, min(name COLLATE "C") AS name, min(rank) AS rank, (array_agg(geom))[1] AS geom
  FROM street_end
  GROUP BY junction, lower(name COLLATE "C")
), numbered AS (
  SELECT junction, name, geom, row_number() OVER (PARTITION BY junction ORDER BY rank, name COLLATE "C") AS place
  FROM called
)
SELECT :city_id, junction, first.geom::geography, first.name, second.name
FROM numbered first
JOIN numbered second USING (junction)
WHERE first.place = 1 AND second.place = 2;

-- name: analyze_crossings
-- Let the planner know what has just been written.
ANALYZE crossing;

-- name: list_names
-- The stops of a network that nobody named, and its virtual ones: after the crossing at which each lies, else after the street on which it lies and the nearest crossing of that street, else after the street. Params: network_id, city_id, crossing_m, near_m, street_m.
WITH place AS (
  SELECT stop_id, geom FROM stop WHERE network_id = :network_id AND gtfs_name(name) IS NULL
  UNION ALL
  SELECT * FROM (
    SELECT DISTINCT ON (stop_id COLLATE "C") stop_id, geom
    FROM virtual_stop
    WHERE network_id = :network_id
    ORDER BY stop_id COLLATE "C", pattern_id COLLATE "C"
  ) AS virtual
)
SELECT place.stop_id, coalesce(at.name, near.name, own.name) AS name,
       CASE WHEN at.name IS NOT NULL THEN 'crossing' WHEN near.name IS NOT NULL THEN 'nearest_crossing' ELSE 'street' END AS method
FROM place
LEFT JOIN LATERAL (
  SELECT first_name || ' / ' || second_name AS name
  FROM crossing c
  WHERE c.city_id = :city_id AND ST_DWithin(c.geog, place.geom::geography, :crossing_m)
  ORDER BY ST_Distance(c.geog, place.geom::geography), c.junction
  LIMIT 1
) AS at ON TRUE
LEFT JOIN LATERAL (
  SELECT s.name
  FROM street s
  WHERE at.name IS NULL AND s.city_id = :city_id AND s.name IS NOT NULL
    -- A degree has 110 km at least: the box holds the circle.
    AND s.geom && ST_Expand(place.geom, :street_m / 110000.0 / cos(radians(ST_Y(place.geom))), :street_m / 110000.0)
    AND ST_DWithin(s.geom::geography, place.geom::geography, :street_m)
  ORDER BY ST_Distance(s.geom::geography, place.geom::geography), s.street_id
  LIMIT 1
) AS own ON TRUE
LEFT JOIN LATERAL (
  SELECT first_name || ' / ' || second_name AS name
  FROM crossing c
  WHERE c.city_id = :city_id AND own.name IN (c.first_name, c.second_name)
    AND ST_DWithin(c.geog, place.geom::geography, :near_m)
  ORDER BY ST_Distance(c.geog, place.geom::geography), c.junction
  LIMIT 1
) AS near ON TRUE
WHERE coalesce(at.name, own.name) IS NOT NULL
ORDER BY place.stop_id COLLATE "C";

-- name: list_kept
-- The names after streets that were kept with a release. Params: network_id.
SELECT stop_id, name, method FROM stop_street WHERE network_id = :network_id ORDER BY stop_id COLLATE "C";
