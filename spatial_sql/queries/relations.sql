-- name: delete_stale
-- Forget the trails, and with them the pairs, that were made with another method, other metres or other parameters. Params: city_id, fingerprint.
DELETE FROM run_trail WHERE city_id = :city_id AND fingerprint <> :fingerprint;

-- name: list_known
-- Those of some runs of a city that have a trail. Params: city_id, run_ids.
SELECT run_id FROM run_trail WHERE city_id = :city_id AND run_id = ANY (:run_ids) ORDER BY run_id;

-- name: has_known
-- Whether any run of a city has a trail. Params: city_id.
SELECT EXISTS (SELECT FROM run_trail WHERE city_id = :city_id) AS known;

-- name: list_unrelated
-- Runs of accepted submissions that have no trail. Params: city_id.
SELECT r.run_id
FROM run r JOIN submission s USING (submission_id)
WHERE r.city_id = :city_id AND s.status = 'accepted' AND NOT EXISTS (SELECT FROM run_trail t WHERE t.run_id = r.run_id)
ORDER BY r.run_id;

-- name: copy_trails
-- Take in trails of runs as text rows.
COPY run_trail (
  city_id, run_id, fingerprint, ends_m, length_m, start_s, end_s, digest,
  squares, keys, weights
) FROM STDIN;

-- name: copy_pairs
-- Take in pairs of runs as text rows.
COPY run_near (city_id, one_id, other_id, cover_one, cover_other, back_one, back_other) FROM STDIN;

-- name: list_meeting
-- Runs that pass enough of the squares that one run passes. Params: city_id, run_id, squares, share.
SELECT t.run_id, t.keys, t.weights
FROM run_trail t
CROSS JOIN LATERAL (
  SELECT count(*) AS squares FROM unnest(t.squares) AS one (square) WHERE one.square = ANY (CAST(:squares AS bigint[]))
) common
WHERE t.city_id = :city_id AND t.run_id <> :run_id AND t.squares && CAST(:squares AS bigint[])
  AND common.squares >= greatest(1, CAST(:share AS double precision) * least(cardinality(t.squares), cardinality(CAST(:squares AS bigint[]))))
ORDER BY t.run_id;

-- name: list_pairs
-- All pairs of a city's runs, also of those that are not in use. Params: city_id.
SELECT one_id, other_id, cover_one, cover_other, back_one, back_other FROM run_near WHERE city_id = :city_id;

-- name: list_near
-- The pairs that some runs make with runs of accepted submissions, each seen from the run of ours. Params: run_ids.
SELECT near.*
FROM (
  SELECT one_id AS mine, other_id AS theirs, cover_one AS cover_mine, cover_other AS cover_theirs, back_one AS back_mine, back_other AS back_theirs
  FROM run_near WHERE one_id = ANY (:run_ids)
  UNION ALL
  SELECT other_id, one_id, cover_other, cover_one, back_other, back_one
  FROM run_near WHERE other_id = ANY (:run_ids)
) near
JOIN run r ON r.run_id = near.theirs
JOIN submission s USING (submission_id)
WHERE s.status = 'accepted'
ORDER BY mine, theirs;

-- name: list_lines
-- Where and when some runs began and ended. Params: run_ids.
SELECT run_id, ends_m, length_m, start_s, end_s, digest FROM run_trail WHERE run_id = ANY (:run_ids) ORDER BY run_id;

-- name: list_sent
-- Those of some runs that somebody sent who may ask what became of them. Params: run_ids.
SELECT r.run_id
FROM run r JOIN submission s USING (submission_id)
WHERE r.run_id = ANY (:run_ids) AND s.contributor_id IS NOT NULL
ORDER BY r.run_id;

-- name: get_route_of
-- The route and direction of a network that most of some runs belong to; no row where none belongs to any. Params: network_id, run_ids.
SELECT p.route_id, p.direction_id
FROM pattern_run pr JOIN pattern p USING (network_id, pattern_id)
WHERE pr.network_id = :network_id AND pr.run_id = ANY (:run_ids) AND pr.role = 'full'
GROUP BY p.route_id, p.direction_id
ORDER BY count(DISTINCT pr.run_id) DESC, p.route_id COLLATE "C", p.direction_id
LIMIT 1;

-- name: upsert_placement
-- Say where a run seems to belong. Params: run_id, city_id, role, route_id, direction_id.
INSERT INTO run_placement (run_id, city_id, role, route_id, direction_id)
VALUES (:run_id, :city_id, :role, :route_id, :direction_id)
ON CONFLICT ON CONSTRAINT run_placement_pkey DO UPDATE
SET role = excluded.role, route_id = excluded.route_id, direction_id = excluded.direction_id;

-- name: delete_placements
-- Forget where runs seemed to belong: a candidate network says where they do. Params: city_id.
DELETE FROM run_placement WHERE city_id = :city_id;
