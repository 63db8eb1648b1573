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
  FROM arrival a JOIN claim USING (city_id, file_key)
  WHERE a.inbox_id = r.submission_id
  ORDER BY a.arrival_id
  LIMIT 1
) hint ON true
WHERE r.city_id = :city_id AND s.status = 'accepted' AND (CAST(:run_ids AS bigint[]) IS NULL OR r.run_id = ANY (:run_ids))
ORDER BY r.submission_id, r.part;

-- name: list_reports
-- All reports of a city's accepted submissions, in the order in which they were made. Params: city_id.
SELECT r.submission_id, r.waypoint, r.kind, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat,
       extract(epoch FROM r.at)::float AS t_s, r.text, r.name, r.amount::float AS amount, r.wait_s, r.occupancy, r.cancelled
FROM report r JOIN submission s USING (submission_id)
WHERE r.city_id = :city_id AND s.status = 'accepted'
ORDER BY r.submission_id, r.waypoint, r.report_id;
