-- name: get_middle
-- The middle of where the rides of a city begin; nulls where there is none. Params: city_id.
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ST_X(ST_StartPoint(r.geom))) AS lon,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY ST_Y(ST_StartPoint(r.geom))) AS lat
FROM run r JOIN submission s USING (submission_id)
WHERE r.city_id = :city_id AND s.status = 'accepted';

-- name: list_far_runs
-- Those of some runs that begin too far from the city's anchor. Params: city_id, run_ids, far_m.
SELECT DISTINCT ON (r.submission_id) r.submission_id,
       ST_Distance(ST_StartPoint(r.geom)::geography, c.anchor::geography) AS away_m
FROM run r
JOIN submission s USING (submission_id)
JOIN city c ON c.city_id = r.city_id
WHERE r.city_id = :city_id AND r.run_id = ANY (:run_ids) AND s.status = 'accepted' AND s.released_at IS NULL
  AND ST_Distance(ST_StartPoint(r.geom)::geography, c.anchor::geography) > :far_m
ORDER BY r.submission_id, r.part;

-- name: list_uncleaned
-- Accepted traces whose runs are still to be made. Params: city_id.
SELECT t.submission_id
FROM trace t JOIN submission s USING (submission_id)
WHERE t.city_id = :city_id AND t.cleaned_at IS NULL AND s.status = 'accepted'
ORDER BY t.submission_id;

-- name: get_uncleaned
-- One trace, held until the transaction ends. Params: submission_id.
SELECT t.submission_id, t.city_id, ST_AsBinary(t.geom, 'NDR') AS geom, t.accuracy_m, t.speed_mps, t.segment_starts
FROM trace t
WHERE t.submission_id = :submission_id AND t.cleaned_at IS NULL
FOR UPDATE OF t SKIP LOCKED;

-- name: mark_cleaned
-- The runs of a trace are made. Params: submission_id.
UPDATE trace SET cleaned_at = now() WHERE submission_id = :submission_id;

-- name: list_meetings
-- Pairs of runs of different submissions that were under way at one time and place, one of them among some; the earlier submission may be set aside. Params: city_id, run_ids.
SELECT a.run_id AS run_id, a.submission_id AS submission_id, b.run_id AS other_run_id, b.submission_id AS other_submission_id
FROM run a
JOIN run b ON b.city_id = a.city_id AND b.submission_id > a.submission_id
  AND b.started_at < a.ended_at AND a.started_at < b.ended_at AND a.geom && b.geom
JOIN submission sa ON sa.submission_id = a.submission_id AND sa.status IN ('accepted', 'quarantined')
JOIN submission sb ON sb.submission_id = b.submission_id AND sb.status = 'accepted'
WHERE a.city_id = :city_id AND (a.run_id = ANY (:run_ids) OR b.run_id = ANY (:run_ids))
ORDER BY a.submission_id, a.part, b.submission_id, b.part;

-- name: list_unsettled
-- Runs that have not been placed and compared yet; all of them where the city has never been released. Params: city_id, anew.
SELECT run_id FROM run WHERE city_id = :city_id AND (:anew OR NOT settled) ORDER BY run_id;

-- name: mark_settled
-- Some runs have been placed and compared. Params: city_id, run_ids.
UPDATE run SET settled = true WHERE city_id = :city_id AND run_id = ANY (:run_ids) AND NOT settled;

-- name: get_run_geom
-- The positions of one run. Params: run_id.
SELECT ST_AsBinary(geom, 'NDR') AS geom FROM run WHERE run_id = :run_id;

-- name: hold_run_geom
-- The positions of one run, which nobody may take away until the transaction ends. Params: run_id.
SELECT ST_AsBinary(geom, 'NDR') AS geom FROM run WHERE run_id = :run_id FOR KEY SHARE;

-- name: list_runs
-- The runs of accepted submissions in order, with the weight of their votes, who rode and what the hints claim; only some of them unless run_ids is null. Params: city_id, run_ids.
SELECT r.run_id, r.submission_id, r.part, ST_AsBinary(r.geom, 'NDR') AS geom, r.dwells,
       coalesce(c.pseudonym, hint.contributor) AS person, hint.line, hint.direction, hint.label, hint.peak,
       CASE WHEN s.released_at IS NULL THEN coalesce(j.weight, 1) ELSE 1 END AS weight
FROM run r
JOIN submission s USING (submission_id)
LEFT JOIN judgement j USING (submission_id)
LEFT JOIN contributor c ON c.contributor_id = s.contributor_id
LEFT JOIN LATERAL (
  SELECT claim.*
  FROM (
    SELECT r.submission_id AS inbox_id, false AS joined
    UNION
    SELECT said.submission_id, true FROM report said WHERE said.ride_id = r.submission_id
  ) source
  JOIN arrival a USING (inbox_id)
  JOIN claim USING (city_id, file_key)
  ORDER BY source.joined, a.arrival_id
  LIMIT 1
) hint ON true
WHERE r.city_id = :city_id AND s.status = 'accepted' AND (CAST(:run_ids AS bigint[]) IS NULL OR r.run_id = ANY (:run_ids))
ORDER BY r.submission_id, r.part;

-- name: list_continued
-- Recordings of which a longer one of the same person begins at the same moment and may go on, one of them among some runs; the longest of each. Params: city_id, run_ids.
SELECT DISTINCT ON (a.submission_id) a.submission_id, b.submission_id AS longer_id,
       ST_AsBinary(a.geom, 'NDR') AS geom, ST_AsBinary(b.geom, 'NDR') AS longer_geom
FROM run r
JOIN submission sb ON sb.submission_id = r.submission_id AND sb.status = 'accepted'
JOIN trace b ON b.submission_id = sb.submission_id
JOIN trace a ON a.city_id = b.city_id AND a.started_at = b.started_at AND a.submission_id <> b.submission_id
  AND a.ended_at <= b.ended_at AND ST_NPoints(a.geom) < ST_NPoints(b.geom)
JOIN submission sa ON sa.submission_id = a.submission_id AND sa.contributor_id = sb.contributor_id AND sa.status <> 'duplicate'
WHERE r.city_id = :city_id AND r.run_id = ANY (:run_ids)
ORDER BY a.submission_id, ST_NPoints(b.geom) DESC, b.submission_id;

-- name: join_reports
-- Say of each report of a form without a trace on which ride of the same person it was made: one under way at its time, give or take, that came near its place. Params: city_id, joined_s, joined_m.
WITH best AS (
  SELECT DISTINCT ON (r.report_id) r.report_id, t.submission_id
  FROM report r
  JOIN submission s ON s.submission_id = r.submission_id AND s.kind IN ('instance', 'record')
  LEFT JOIN (trace t JOIN submission st ON st.submission_id = t.submission_id AND st.status = 'accepted')
    ON t.city_id = r.city_id AND st.contributor_id = s.contributor_id AND s.status = 'accepted'
    AND t.started_at BETWEEN r.at - interval '1 day' AND r.at + make_interval(secs => :joined_s)
    AND t.ended_at > r.at - make_interval(secs => :joined_s)
    AND ST_DWithin(r.geom::geography, ST_Force2D(t.geom)::geography, :joined_m)
  WHERE r.city_id = :city_id AND NOT EXISTS (SELECT FROM trace own WHERE own.submission_id = r.submission_id)
  ORDER BY r.report_id, greatest(t.started_at - r.at, r.at - t.ended_at, interval '0'), t.submission_id
)
UPDATE report r SET ride_id = best.submission_id
FROM best
WHERE r.report_id = best.report_id AND r.ride_id IS DISTINCT FROM best.submission_id;

-- name: list_reports
-- All reports of a city's accepted submissions by the ride on which they were made, its own first, then those of forms in order of time. Params: city_id.
SELECT coalesce(r.ride_id, r.submission_id) AS submission_id, r.waypoint, r.kind, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat,
       extract(epoch FROM r.at)::float AS t_s, r.text, r.name, r.amount::float AS amount, r.wait_s, r.occupancy, r.cancelled,
       r.details
FROM report r JOIN submission s USING (submission_id)
WHERE r.city_id = :city_id AND s.status = 'accepted'
ORDER BY coalesce(r.ride_id, r.submission_id), r.ride_id IS NOT NULL, CASE WHEN r.ride_id IS NOT NULL THEN r.at END,
         r.submission_id, r.waypoint, r.report_id;
