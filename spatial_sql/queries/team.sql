-- name: list_activity
-- What each key that holds has sent since a moment: when last, how well, and what could not be used; documents are told by person; what we put together of their points is none. A gap is a pause of more than gap_s, up to pause_s, where a new ride begins. Params: city_id, since, gap_s, pause_s.
SELECT t.token_id, c.pseudonym, t.role, t.label, greatest(m.last_at, d.last_at) AS last_at, m.points,
       m.points / nullif(greatest(m.last_s - m.first_s - g.paused_s, 60) / 60, 0) AS points_per_min,
       m.accuracy_m, g.gaps, m.queue_age_s, m.battery, d.documents, d.set_aside + m.problems AS set_aside
FROM token t
JOIN contributor c USING (contributor_id)
CROSS JOIN LATERAL (
  SELECT max(received_at) AS last_at, sum(points) AS points, min(first_s) AS first_s, max(last_s) AS last_s,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY accuracy_m) AS accuracy_m,
         percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM received_at) - last_s) AS queue_age_s,
         (array_agg(battery ORDER BY received_at DESC) FILTER (WHERE battery IS NOT NULL))[1] AS battery,
         count(*) FILTER (WHERE problem_code IS NOT NULL) AS problems
  FROM message
  WHERE token_id = t.token_id AND received_at >= :since
) m
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE away_s > :gap_s AND away_s <= :pause_s) AS gaps,
         coalesce(sum(away_s) FILTER (WHERE away_s > :pause_s), 0) AS paused_s
  FROM (
    SELECT first_s - max(last_s) OVER (ORDER BY first_s, message_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS away_s
    FROM message
    WHERE token_id = t.token_id AND received_at >= :since AND points > 0
  ) one
) g
CROSS JOIN LATERAL (
  SELECT max(a.received_at) FILTER (WHERE s.kind <> 'trail') AS last_at, count(*) FILTER (WHERE s.kind <> 'trail') AS documents,
         count(*) FILTER (WHERE s.status = 'quarantined') AS set_aside
  FROM arrival a JOIN submission s ON s.submission_id = a.inbox_id
  WHERE a.contributor_id = c.contributor_id AND a.received_at >= :since
) d
WHERE t.city_id = :city_id AND t.revoked_at IS NULL
ORDER BY last_at DESC NULLS LAST, t.token_id DESC;

-- name: list_rides
-- The traces that came to a city since a moment, newest first, as they were recorded. Params: city_id, since, most.
SELECT s.submission_id, c.pseudonym, s.status::text AS status, s.reason_code, s.reason, t.started_at, t.ended_at,
       ST_NPoints(t.geom) AS points, ST_Length(ST_Force2D(t.geom)::geography) AS length_m,
       ST_AsGeoJSON(ST_Simplify(ST_Force2D(t.geom), 0.00003), 5) AS line
FROM trace t
JOIN submission s USING (submission_id)
JOIN inbox i ON i.inbox_id = s.submission_id
LEFT JOIN contributor c USING (contributor_id)
WHERE t.city_id = :city_id AND i.received_at >= :since AND s.reason_code IS DISTINCT FROM 'continued'
ORDER BY i.received_at DESC, s.submission_id DESC
LIMIT :most;

-- name: list_set_aside
-- Documents of a city that could not be used as they are, newest first. Params: city_id, most.
SELECT s.submission_id, a.file_name, i.received_at, c.pseudonym, s.reason_code, s.reason
FROM submission s
JOIN inbox i ON i.inbox_id = s.submission_id
JOIN LATERAL (SELECT file_name FROM arrival WHERE inbox_id = s.submission_id ORDER BY arrival_id LIMIT 1) a ON true
LEFT JOIN contributor c USING (contributor_id)
WHERE s.city_id = :city_id AND s.status = 'quarantined'
ORDER BY s.submission_id DESC
LIMIT :most;

-- name: get_document
-- The bytes of one document of a city and the name under which they first came. Params: city_id, submission_id.
SELECT i.bytes, a.file_name
FROM submission s
JOIN inbox i ON i.inbox_id = s.submission_id
JOIN LATERAL (SELECT file_name FROM arrival WHERE inbox_id = s.submission_id ORDER BY arrival_id LIMIT 1) a ON true
WHERE s.city_id = :city_id AND s.submission_id = :submission_id;

-- name: get_message
-- One message of a city as it came. Params: city_id, message_id.
SELECT kind, query, bytes FROM message WHERE city_id = :city_id AND message_id = :message_id;
