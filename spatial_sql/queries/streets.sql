-- name: get_network
-- The street network of a city: where it is from and how current it is. Params: city_id.
SELECT source, extract(epoch FROM dated_at)::float AS dated_s, sha256, digest, attribution, loaded_at
FROM street_network
WHERE city_id = :city_id;

-- name: get_network_summary
-- How much a street network holds, and how the runs of its city lie on it with matches of one fingerprint. Params: city_id, fingerprint.
SELECT (SELECT count(*) FROM street WHERE city_id = :city_id) AS streets,
       (SELECT count(DISTINCT end_of) FROM street, unnest(ARRAY[tail, head]) AS end_of WHERE city_id = :city_id) AS junctions,
       (SELECT coalesce(round(sum(ST_Length(geom::geography)) / 1000), 0)::int FROM street WHERE city_id = :city_id) AS km,
       (SELECT count(*) FROM street_point WHERE city_id = :city_id AND kind = 'signal') AS signals,
       (SELECT count(*) FROM street_point WHERE city_id = :city_id AND kind = 'stop') AS stops,
       (SELECT count(*) FROM run JOIN submission USING (submission_id) WHERE run.city_id = :city_id AND status = 'accepted') AS runs,
       matched.runs AS matched, matched.confidence, matched.off_road_km, matched.ridden_km
FROM (
  SELECT count(*) AS runs, round(avg(m.confidence)::numeric, 3)::float AS confidence,
         round(coalesce(sum(ST_Length(m.off_road::geography)), 0)::numeric / 1000, 1)::float AS off_road_km,
         round(coalesce(sum(r.length_m::float), 0)::numeric / 1000, 1)::float AS ridden_km
  FROM run_match m JOIN run r USING (run_id) JOIN submission s USING (submission_id)
  WHERE m.city_id = :city_id AND m.fingerprint = :fingerprint AND s.status = 'accepted'
) matched;

-- name: count_rides_within
-- How many rides a city has, and how many of them come into the box around its streets. Params: city_id.
SELECT count(*) AS rides, count(*) FILTER (WHERE r.geom && streets.box) AS within
FROM run r JOIN submission s USING (submission_id),
     (SELECT ST_Extent(geom)::geometry AS box FROM street WHERE city_id = :city_id) AS streets
WHERE r.city_id = :city_id AND s.status = 'accepted';

-- name: delete_network
-- Take away the street network of a city, with its streets and points. Params: city_id.
DELETE FROM street_network WHERE city_id = :city_id;

-- name: insert_network
-- Say where the street network of a city is from. Params: city_id, source, dated_s, sha256, digest, attribution.
INSERT INTO street_network (city_id, source, dated_at, sha256, digest, attribution)
VALUES (:city_id, :source, to_timestamp(:dated_s), :sha256, :digest, :attribution);

-- name: copy_streets
-- Take in the streets of a network as text rows.
COPY street (city_id, street_id, tail, head, against_out, against_back, way_id, kind, geom, name) FROM STDIN;

-- name: copy_points
-- Take in the signals and stops of a network as text rows.
COPY street_point (city_id, street_point_id, kind, geom) FROM STDIN;

-- name: analyze_streets
-- Let the planner know what has just been written.
ANALYZE street;

-- name: list_streets
-- The streets of a city in their order. Params: city_id.
SELECT tail, head, against_out, against_back, way_id, kind, ST_AsBinary(geom, 'NDR') AS geom
FROM street
WHERE city_id = :city_id
ORDER BY street_id;

-- name: list_points
-- The signals and stops of a city's street map in their order. Params: city_id.
SELECT kind, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM street_point
WHERE city_id = :city_id
ORDER BY street_point_id;

-- name: list_unmatched
-- Runs of accepted submissions that have no match of this fingerprint. Params: city_id, fingerprint.
SELECT r.run_id
FROM run r
JOIN submission s USING (submission_id)
LEFT JOIN run_match m USING (run_id)
WHERE r.city_id = :city_id AND s.status = 'accepted' AND m.fingerprint IS DISTINCT FROM :fingerprint
ORDER BY r.submission_id, r.part;

-- name: count_matched
-- How many runs of accepted submissions have a match of this fingerprint. Params: city_id, fingerprint.
SELECT count(*) AS runs
FROM run_match m JOIN run r USING (run_id) JOIN submission s USING (submission_id)
WHERE m.city_id = :city_id AND m.fingerprint = :fingerprint AND s.status = 'accepted';

-- name: upsert_match
-- Say where a run went on the streets, in place of what was said before. Params: run_id, city_id, edge, from_m, to_m, off_road, confidence, fingerprint.
INSERT INTO run_match (run_id, city_id, edge, from_m, to_m, off_road, confidence, fingerprint)
VALUES (:run_id, :city_id, :edge, :from_m, :to_m, ST_GeomFromEWKB(:off_road), :confidence, :fingerprint)
ON CONFLICT ON CONSTRAINT run_match_pkey DO UPDATE
SET edge = excluded.edge, from_m = excluded.from_m, to_m = excluded.to_m, off_road = excluded.off_road,
    confidence = excluded.confidence, fingerprint = excluded.fingerprint;

-- name: list_matches
-- Where some runs of a city went on the streets, as far as the matches have this fingerprint. Params: city_id, fingerprint, run_ids.
SELECT run_id, edge, from_m, to_m, ST_AsBinary(off_road, 'NDR') AS off_road, confidence
FROM run_match
WHERE city_id = :city_id AND fingerprint = :fingerprint AND cardinality(edge) > 0
  AND run_id = ANY (:run_ids)
ORDER BY run_id;

-- name: get_version
-- What tells one version of a city's streets from another in addresses. Params: slug.
SELECT left(digest, 12) AS version FROM street_network JOIN city USING (city_id) WHERE slug = :slug;

-- name: get_tile
-- The bytes of one vector tile of a version of a city's streets, empty where there are none. Params: slug, version, z, x, y.
SELECT street_tile(city_id, :z, :x, :y) AS tile
FROM street_network JOIN city USING (city_id)
WHERE slug = :slug AND left(digest, 12) = :version;

-- name: list_drawn
-- The streets in a rectangle that a drawing shows, with the ranks of the map's tiles (functions/street_tile.sql).
-- Params: slug, west, south, east, north (degrees), most_rank.
SELECT k.rank, ST_AsBinary(s.geom, 'NDR') AS geom
FROM street s
JOIN city c USING (city_id)
JOIN (VALUES
  ('motorway', 1), ('trunk', 1), ('primary', 1), ('motorway_link', 1), ('trunk_link', 1), ('primary_link', 1),
  ('secondary', 2), ('tertiary', 2), ('secondary_link', 2), ('tertiary_link', 2),
  ('unclassified', 3), ('busway', 3), ('bus_guideway', 3), ('residential', 3), ('living_street', 3), ('road', 3),
  ('pedestrian', 3), ('service', 4), ('track', 4)
) AS k (kind, rank) USING (kind)
WHERE c.slug = :slug AND k.rank <= :most_rank
      AND s.geom && ST_MakeEnvelope(CAST(:west AS float), :south, :east, :north, 4326)
ORDER BY k.rank, s.street_id;
