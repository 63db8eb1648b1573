-- name: insert_inbox
-- Keep bytes; no row comes back where the city holds them already. Params: city_id, sha256, bytes.
INSERT INTO inbox (city_id, sha256, bytes)
VALUES (:city_id, :sha256, :bytes)
ON CONFLICT ON CONSTRAINT inbox_sha256_key DO NOTHING
RETURNING inbox_id;

-- name: get_inbox
-- The row of bytes that the city holds. Params: city_id, sha256.
SELECT inbox_id FROM inbox WHERE city_id = :city_id AND sha256 = :sha256;

-- name: insert_submission
-- What bytes will be read into; no row comes back where they are a submission already. Params: submission_id, city_id, contributor_id, kind.
INSERT INTO submission (submission_id, city_id, contributor_id, kind)
VALUES (:submission_id, :city_id, :contributor_id, :kind)
ON CONFLICT ON CONSTRAINT submission_pkey DO NOTHING
RETURNING submission_id;

-- name: insert_arrival
-- A name under which bytes came; nothing where the same person brought them under it before. Params: city_id, inbox_id, file_name, file_key, contributor_id.
INSERT INTO arrival (city_id, inbox_id, file_name, file_key, contributor_id)
VALUES (:city_id, :inbox_id, :file_name, :file_key, :contributor_id)
ON CONFLICT ON CONSTRAINT arrival_name_key DO NOTHING
RETURNING arrival_id;

-- name: upsert_claim
-- What a hint says of a file. Params: city_id, file_key, line, direction, label, peak, contributor.
INSERT INTO claim (city_id, file_key, line, direction, label, peak, contributor)
VALUES (:city_id, :file_key, :line, :direction, :label, :peak, :contributor)
ON CONFLICT ON CONSTRAINT claim_pkey DO UPDATE
SET line = excluded.line, direction = excluded.direction, label = excluded.label, peak = excluded.peak,
    contributor = excluded.contributor;

-- name: list_unread
-- Submissions waiting to be read, oldest first. Params: city_id.
SELECT submission_id
FROM submission
WHERE city_id = :city_id AND status = 'received'
ORDER BY submission_id;

-- name: get_unread
-- One submission with its bytes and first name, held until the transaction ends; none where another process has it. Params: submission_id.
SELECT s.submission_id, s.contributor_id, s.kind, s.released_at, i.bytes, i.received_at, a.file_name, a.file_key
FROM submission s
JOIN inbox i ON i.inbox_id = s.submission_id
JOIN LATERAL (SELECT file_name, file_key FROM arrival WHERE inbox_id = i.inbox_id ORDER BY arrival_id LIMIT 1) a ON true
WHERE s.submission_id = :submission_id AND s.status = 'received'
FOR UPDATE OF s SKIP LOCKED;

-- name: mark_read
-- What a submission turned out to be. Params: submission_id, status, reason_code, reason, creator, notices.
UPDATE submission
SET status = CAST(:status AS submission_status), reason_code = :reason_code, reason = CAST(:reason AS jsonb),
    creator = :creator, notices = CAST(:notices AS jsonb), read_at = now()
WHERE submission_id = :submission_id;

-- name: mark_quarantined
-- Set an accepted submission aside. Params: submission_id, reason_code, reason.
UPDATE submission
SET status = 'quarantined', reason_code = :reason_code, reason = CAST(:reason AS jsonb)
WHERE submission_id = :submission_id AND status = 'accepted';

-- name: reopen_far
-- Take back what was set aside as far away, while the city's place may still change. Params: city_id.
UPDATE submission
SET status = 'accepted', reason_code = NULL, reason = '{}'
WHERE city_id = :city_id AND status = 'quarantined' AND reason_code = 'far_away';

-- name: mark_duplicate
-- Say that a submission repeats another. Params: submission_id, duplicate_of, reason_code.
UPDATE submission
SET status = 'duplicate', duplicate_of = :duplicate_of, reason_code = :reason_code,
    reason = (
      SELECT jsonb_build_object('of', file_name) FROM arrival WHERE inbox_id = :duplicate_of ORDER BY arrival_id LIMIT 1
    )
WHERE submission_id = :submission_id AND status = 'accepted' AND released_at IS NULL;

-- name: mark_released
-- A person says that a submission is good: what was read of it counts; what was not is read or cleaned again. Params: city_id, submission_id.
WITH unclean AS (
  UPDATE trace t SET cleaned_at = NULL
  WHERE t.city_id = :city_id AND t.submission_id = :submission_id
    AND NOT EXISTS (SELECT FROM run r WHERE r.submission_id = t.submission_id)
)
UPDATE submission s
SET status = CASE WHEN EXISTS (SELECT FROM trace t WHERE t.submission_id = s.submission_id)
                  THEN 'accepted' ELSE 'received' END::submission_status,
    released_at = now(), duplicate_of = NULL, reason_code = NULL, reason = '{}'
WHERE city_id = :city_id AND submission_id = :submission_id AND status IN ('quarantined', 'duplicate')
  AND reason_code <> 'no_ride';

-- name: delete_trace
-- Forget what was read before, so that reading again starts clean. Params: submission_id.
WITH reports AS (DELETE FROM report WHERE submission_id = :submission_id),
     runs AS (DELETE FROM run WHERE submission_id = :submission_id)
DELETE FROM trace WHERE submission_id = :submission_id;

-- name: count_by_status
-- How many submissions of a city stand in each state. Params: city_id.
SELECT status::text, count(*) AS submissions
FROM submission
WHERE city_id = :city_id
GROUP BY status
ORDER BY status;

-- name: list_quarantined
-- Submissions set aside, with why and under which name they came. Params: city_id.
SELECT s.submission_id, min(a.file_name) AS file_name, s.reason_code, s.reason
FROM submission s JOIN arrival a ON a.inbox_id = s.submission_id
WHERE s.city_id = :city_id AND s.status = 'quarantined'
GROUP BY s.submission_id
ORDER BY s.submission_id;

-- name: list_unread_notes
-- Notes that the word lists could not read. Params: city_id.
SELECT r.submission_id, min(a.file_name) AS file_name, r.text
FROM report r JOIN arrival a ON a.inbox_id = r.submission_id
WHERE r.city_id = :city_id AND r.kind = 'unread'
GROUP BY r.report_id, r.submission_id, r.text
ORDER BY r.report_id;

-- name: list_outcomes
-- What became of each file sent to a city; one row per name under which bytes came. Params: city_id, network_id.
SELECT a.file_name AS file, encode(i.sha256, 'hex') AS sha256,
       CASE WHEN first.arrival_id = a.arrival_id THEN s.status::text ELSE 'duplicate' END AS status,
       CASE WHEN first.arrival_id = a.arrival_id THEN s.reason_code ELSE 'same_bytes' END AS reason_code,
       CASE WHEN first.arrival_id = a.arrival_id THEN s.reason ELSE jsonb_build_object('of', first.file_name) END AS reason,
       CASE WHEN first.arrival_id = a.arrival_id THEN best.route_id END AS route_id,
       CASE WHEN first.arrival_id = a.arrival_id THEN best.direction_id END AS direction_id,
       CASE WHEN first.arrival_id = a.arrival_id THEN best.pattern_id END AS shape_id,
       CASE WHEN first.arrival_id = a.arrival_id THEN best.share_of_run END AS share_of_route
FROM arrival a
JOIN inbox i USING (inbox_id)
JOIN submission s ON s.submission_id = i.inbox_id
JOIN LATERAL (
  SELECT arrival_id, file_name FROM arrival o WHERE o.inbox_id = a.inbox_id ORDER BY arrival_id LIMIT 1
) first ON true
LEFT JOIN LATERAL (
  SELECT p.route_id, p.direction_id, p.pattern_id, pr.share_of_run
  FROM run r
  JOIN pattern_run pr USING (run_id)
  JOIN pattern p USING (network_id, pattern_id)
  WHERE r.submission_id = s.submission_id AND pr.network_id = :network_id AND pr.role <> 'alternative'
  ORDER BY r.part, pr.role, pr.share_of_run DESC, p.pattern_id COLLATE "C"
  LIMIT 1
) best ON s.status = 'accepted'
WHERE a.city_id = :city_id
ORDER BY a.file_name COLLATE "C", a.arrival_id;

-- name: list_notices
-- What was odd or lost in files that were read, one row per remark. Params: city_id.
SELECT s.submission_id, a.file_name, n.remark ->> 'code' AS code, n.remark -> 'details' AS details
FROM submission s
JOIN LATERAL (SELECT file_name FROM arrival WHERE inbox_id = s.submission_id ORDER BY arrival_id LIMIT 1) a ON true
CROSS JOIN LATERAL jsonb_array_elements(s.notices) WITH ORDINALITY AS n (remark, position)
WHERE s.city_id = :city_id
ORDER BY s.submission_id, n.position;

-- name: get_own_submission
-- One submission of a contributor, with what became of it; role and route as the network has them, or as they seem until it is made anew. Params: city_id, contributor_id, submission_id, network_id.
SELECT s.submission_id, s.status::text AS status, s.reason_code, s.reason, s.notices,
       coalesce(best.role, soon.role) AS role, coalesce(best.route_id, soon.route_id) AS route_id,
       coalesce(best.direction_id, soon.direction_id) AS direction_id, best.role IS NULL AND soon.role IS NOT NULL AS provisional
FROM submission s
LEFT JOIN LATERAL (
  SELECT pr.role, CASE WHEN pr.role <> 'alternative' THEN p.route_id END AS route_id,
         CASE WHEN pr.role <> 'alternative' THEN p.direction_id END AS direction_id
  FROM run r
  JOIN pattern_run pr USING (run_id)
  JOIN pattern p USING (network_id, pattern_id)
  WHERE r.submission_id = s.submission_id AND pr.network_id = :network_id
  ORDER BY pr.role = 'alternative', r.part, pr.role, pr.share_of_run DESC, p.pattern_id COLLATE "C"
  LIMIT 1
) best ON s.status = 'accepted'
LEFT JOIN LATERAL (
  SELECT rp.role, rp.route_id, rp.direction_id
  FROM run r JOIN run_placement rp USING (run_id)
  WHERE r.submission_id = s.submission_id
  ORDER BY r.part
  LIMIT 1
) soon ON s.status = 'accepted'
WHERE s.city_id = :city_id AND s.submission_id = :submission_id
  AND EXISTS (SELECT FROM arrival a WHERE a.inbox_id = s.submission_id AND a.contributor_id = :contributor_id);

-- name: mark_continued
-- Say that a longer document holds all that a submission says; what a person said of it holds for the longer one. Params: submission_id, continued_by.
WITH was AS (
  SELECT released_at FROM submission WHERE submission_id = :submission_id
), now_released AS (
  UPDATE submission s SET released_at = was.released_at
  FROM was
  WHERE s.submission_id = :continued_by AND s.released_at IS NULL AND was.released_at IS NOT NULL
)
UPDATE submission
SET status = 'duplicate', duplicate_of = :continued_by, reason_code = 'continued', released_at = NULL,
    reason = (
      SELECT jsonb_build_object('of', file_name) FROM arrival WHERE inbox_id = :continued_by ORDER BY arrival_id LIMIT 1
    )
WHERE submission_id = :submission_id;

-- name: reopen_continued
-- A document that a longer one had replaced is the whole one again. Params: submission_id.
UPDATE submission SET status = 'received', duplicate_of = NULL, reason_code = NULL, reason = '{}'
WHERE submission_id = :submission_id AND reason_code = 'continued';

-- name: delete_service_points
-- Forget service points of a submission that have no public id yet. Params: submission_id.
DELETE FROM service_point WHERE submission_id = :submission_id AND service_point_id LIKE '~%';

-- name: list_service_rows
-- Which rows of a submission are service points of a network. Params: submission_id, network_id.
SELECT source_row FROM service_point WHERE submission_id = :submission_id AND network_id = :network_id;
