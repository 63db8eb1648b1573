-- name: list_unsigned
-- Runs whose signature is still to be made. Params: city_id.
SELECT r.submission_id, r.part, ST_AsBinary(r.geom, 'NDR') AS geom
FROM run r
WHERE r.city_id = :city_id AND NOT EXISTS (SELECT FROM signature s WHERE s.submission_id = r.submission_id AND s.part = r.part)
ORDER BY r.submission_id, r.part;

-- name: list_uncompared
-- Signatures that have not been compared with the others yet. Params: city_id.
SELECT submission_id, part, keys, at_s, ahead
FROM signature
WHERE city_id = :city_id AND NOT compared
ORDER BY submission_id, part;

-- name: list_alike
-- Runs of other submissions that share keys with one run: at least a share of those of the later of the two, and at least some of them, or a quarter. Params: city_id, submission_id, beside (keys), keys (how many), share, votes.
SELECT s.submission_id, s.part, s.keys, s.at_s, s.ahead
FROM signature s
CROSS JOIN LATERAL (
  SELECT count(*) AS shared FROM unnest(s.keys) AS one (key) WHERE one.key = ANY (CAST(:beside AS bigint[]))
) both_have
CROSS JOIN LATERAL (
  SELECT CASE WHEN s.submission_id > :submission_id THEN cardinality(s.keys) ELSE :keys END AS keys
) later
WHERE s.city_id = :city_id AND s.submission_id <> :submission_id AND s.keys && CAST(:beside AS bigint[])
  AND both_have.shared >= greatest(:share * later.keys, least(:votes, later.keys / 4.0))
ORDER BY s.submission_id, s.part;

-- name: mark_compared
-- All signatures of a city have been compared. Params: city_id.
UPDATE signature SET compared = true WHERE city_id = :city_id AND NOT compared;

-- name: get_positions
-- The positions of one run. Params: submission_id, part.
SELECT ST_AsBinary(geom, 'NDR') AS geom FROM run WHERE submission_id = :submission_id AND part = :part;

-- name: upsert_likeness
-- That a submission repeats an earlier one; of several of its runs that do, the most alike counts. Params: city_id, submission_id, original_id, share, shift_s, backwards, moved_m.
INSERT INTO likeness (city_id, submission_id, original_id, share, shift_s, backwards, moved_m)
VALUES (:city_id, :submission_id, :original_id, :share, :shift_s, :backwards, :moved_m)
ON CONFLICT ON CONSTRAINT likeness_pkey DO UPDATE
SET share = excluded.share, shift_s = excluded.shift_s, backwards = excluded.backwards, moved_m = excluded.moved_m
WHERE (excluded.share, excluded.shift_s) > (likeness.share, likeness.shift_s);

-- name: list_looks
-- How the runs of a city look, with the share of wild fixes in their traces, and whether they repeat others. Params: city_id.
SELECT g.submission_id, g.roughness, g.whiteness, g.straight_share, g.steady_share,
       coalesce((r.dropped ->> 'wild')::float, 0) / (coalesce((r.dropped ->> 'wild')::float, 0) + ST_NPoints(r.geom)) AS wild_share,
       s.status = 'duplicate' OR EXISTS (SELECT FROM likeness l WHERE l.submission_id = g.submission_id) AS repeats
FROM signature g
JOIN run r USING (submission_id, part)
JOIN submission s USING (submission_id)
WHERE g.city_id = :city_id
ORDER BY g.submission_id, g.part;

-- name: list_likenesses
-- Which submissions repeat which earlier ones, the most alike first, with the name of the earlier one. Params: city_id.
SELECT l.submission_id, l.share, l.shift_s, l.backwards, l.moved_m,
       (SELECT file_name FROM arrival WHERE inbox_id = l.original_id ORDER BY arrival_id LIMIT 1) AS original
FROM likeness l
WHERE l.city_id = :city_id
ORDER BY l.submission_id, l.share DESC, l.original_id;

-- name: list_two_places
-- Submissions whose person was far away amid the same time by another submission, the earliest other one each. Params: city_id, together_s, far_m.
WITH ridden AS (
  SELECT r.submission_id, r.part, r.geom, r.started_at, r.ended_at, coalesce(c.pseudonym, hint.contributor) AS person
  FROM run r
  JOIN submission s USING (submission_id)
  LEFT JOIN contributor c ON c.contributor_id = s.contributor_id
  LEFT JOIN LATERAL (
    SELECT claim.contributor
    FROM arrival a JOIN claim USING (city_id, file_key)
    WHERE a.inbox_id = r.submission_id
    ORDER BY a.arrival_id
    LIMIT 1
  ) hint ON true
  WHERE r.city_id = :city_id AND s.status <> 'duplicate'
), met AS (
  SELECT a.submission_id, b.submission_id AS other_id, a.geom, b.geom AS other_geom, b.part AS other_part,
         extract(epoch FROM greatest(a.started_at, b.started_at) + (least(a.ended_at, b.ended_at) - greatest(a.started_at, b.started_at)) / 2) AS at_s
  FROM ridden a
  JOIN ridden b ON b.person = a.person AND b.submission_id <> a.submission_id
    AND least(a.ended_at, b.ended_at) - greatest(a.started_at, b.started_at) > make_interval(secs => :together_s)
), apart AS (
  SELECT submission_id, other_id, other_part,
         ST_Distance(ST_Centroid(ST_Force2D(ST_LocateAlong(geom, at_s)))::geography, ST_Centroid(ST_Force2D(ST_LocateAlong(other_geom, at_s)))::geography) AS apart_m
  FROM met
)
SELECT DISTINCT ON (submission_id) submission_id, apart_m,
       (SELECT file_name FROM arrival WHERE inbox_id = other_id ORDER BY arrival_id LIMIT 1) AS other
FROM apart
WHERE apart_m > :far_m
ORDER BY submission_id, other_id, other_part;

-- name: delete_judgements
-- Forget what was judged of a city. Params: city_id.
DELETE FROM judgement WHERE city_id = :city_id;

-- name: list_judged
-- Submissions that are in use or were set aside for the doubts about them. Params: city_id, codes.
SELECT submission_id, status::text AS status, released_at IS NOT NULL AS released
FROM submission
WHERE city_id = :city_id AND (status = 'accepted' OR status = 'quarantined' AND reason_code = ANY (:codes))
ORDER BY submission_id;

-- name: mark_trusted
-- Take back what was set aside for doubts that are no more. Params: submission_id.
UPDATE submission SET status = 'accepted', reason_code = NULL, reason = '{}' WHERE submission_id = :submission_id;

-- name: list_doubts
-- Submissions that count less or not at all for what speaks against them, and what that is; none that a person let in. Params: city_id.
SELECT j.submission_id, a.file_name, s.status::text AS status, j.probability, j.weight, j.doubts
FROM judgement j
JOIN submission s USING (submission_id)
JOIN LATERAL (SELECT file_name FROM arrival WHERE inbox_id = s.submission_id ORDER BY arrival_id LIMIT 1) a ON true
WHERE j.city_id = :city_id AND j.weight < 1 AND s.released_at IS NULL
ORDER BY j.submission_id;

-- name: delete_reliabilities
-- Forget how reliable a city's contributors have been. Params: city_id.
DELETE FROM reliability WHERE city_id = :city_id;
