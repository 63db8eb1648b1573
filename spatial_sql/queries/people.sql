-- name: insert_key
-- A new key of a contributor. Params: city_id, contributor_id, token_sha256, role, label.
INSERT INTO token (city_id, contributor_id, token_sha256, role, label)
VALUES (:city_id, :contributor_id, :token_sha256, :role, :label);

-- name: revoke_key
-- Let a key hold no longer. Params: city_id, token_id.
UPDATE token SET revoked_at = now() WHERE city_id = :city_id AND token_id = :token_id AND revoked_at IS NULL;

-- name: insert_consent
-- What somebody agreed to or refused. Params: city_id, contributor_id, given, text_version, language, via.
INSERT INTO consent (city_id, contributor_id, given, text_version, language, via)
VALUES (:city_id, :contributor_id, :given, :text_version, :language, :via);

-- name: get_consent
-- What somebody said last when asked. Params: contributor_id.
SELECT given, text_version, language, via, at
FROM consent
WHERE contributor_id = :contributor_id
ORDER BY consent_id DESC
LIMIT 1;

-- name: get_contributor
-- A contributor of a city by their pseudonym. Params: city_id, pseudonym.
SELECT contributor_id, pseudonym, erased_at FROM contributor WHERE city_id = :city_id AND pseudonym = :pseudonym;

-- name: list_keys
-- All keys of a city, the newest first; what they are is not known here. Params: city_id.
SELECT t.token_id, c.pseudonym, t.role, t.label, t.created_at, t.revoked_at
FROM token t JOIN contributor c USING (contributor_id)
WHERE t.city_id = :city_id
ORDER BY t.token_id DESC;

-- name: list_consents
-- All that a contributor said when asked, in order. Params: contributor_id.
SELECT given, text_version, language, via, at FROM consent WHERE contributor_id = :contributor_id ORDER BY consent_id;

-- name: list_own
-- What a contributor sent, one row per name, and what became of it. Params: contributor_id.
SELECT a.file_name, a.received_at, a.inbox_id, s.submission_id, s.kind, s.status::text AS status, s.reason_code, s.reason,
       s.released_at, s.notices, encode(i.sha256, 'hex') AS sha256
FROM arrival a
JOIN inbox i USING (inbox_id)
JOIN submission s ON s.submission_id = a.inbox_id
WHERE a.contributor_id = :contributor_id
ORDER BY a.arrival_id;

-- name: list_own_attachments
-- The files of the forms that a contributor filled in. Params: contributor_id.
SELECT f.submission_id, f.name, f.inbox_id
FROM attachment f
WHERE f.inbox_id IS NOT NULL
  AND f.submission_id IN (SELECT inbox_id FROM arrival WHERE contributor_id = :contributor_id)
ORDER BY f.submission_id, f.name;

-- name: get_bytes
-- The bytes of one inbox row. Params: inbox_id.
SELECT bytes FROM inbox WHERE inbox_id = :inbox_id;

-- name: list_own_messages
-- Messages of a contributor after one of them, in order. Params: contributor_id, after, most.
SELECT message_id, kind, device, query, name, received_at, bytes
FROM message
WHERE contributor_id = :contributor_id AND message_id > :after
ORDER BY message_id
LIMIT :most;

-- name: list_own_reports
-- What was read of a contributor's reports. Params: contributor_id.
SELECT r.submission_id, r.kind, ST_X(r.geom) AS lon, ST_Y(r.geom) AS lat, r.at, r.text, r.name, r.amount::float AS amount,
       r.wait_s, r.occupancy, r.cancelled, r.subject, r.details
FROM report r
WHERE r.submission_id IN (SELECT inbox_id FROM arrival WHERE contributor_id = :contributor_id)
ORDER BY r.submission_id, r.waypoint, r.report_id;

-- name: count_own
-- How many submissions of a contributor stand in each state. Params: contributor_id.
SELECT s.status::text AS status, count(*) AS submissions
FROM submission s
WHERE s.contributor_id = :contributor_id
GROUP BY s.status
ORDER BY s.status;

-- name: count_messages
-- How many messages of trackers and pages a contributor sent. Params: contributor_id.
SELECT count(*) AS messages FROM message WHERE contributor_id = :contributor_id;

-- name: revoke_all
-- Let no key of a contributor hold any longer, and forget which phones they were for. Params: contributor_id.
UPDATE token SET revoked_at = coalesce(revoked_at, now()), label = '' WHERE contributor_id = :contributor_id;

-- name: hold_contributor
-- Wait until whatever is being stored for a contributor is stored, and keep more from coming until the transaction ends. Params: contributor_id.
SELECT contributor_id, pseudonym FROM contributor WHERE contributor_id = :contributor_id FOR UPDATE;

-- name: delete_claims
-- Forget what was said of files that nobody else sent under the same name. Params: city_id, contributor_id.
DELETE FROM claim c
WHERE c.city_id = :city_id
  AND EXISTS (
    SELECT FROM arrival a
    WHERE a.city_id = c.city_id AND a.file_key = c.file_key AND a.contributor_id = :contributor_id)
  AND NOT EXISTS (
    SELECT FROM arrival a
    WHERE a.city_id = c.city_id AND a.file_key = c.file_key AND a.contributor_id IS DISTINCT FROM :contributor_id);

-- name: forget_claimed
-- Forget of which files it was said that a contributor had recorded them. Params: city_id, contributor_id.
UPDATE claim SET contributor = NULL
WHERE city_id = :city_id AND contributor = (SELECT pseudonym FROM contributor WHERE contributor_id = :contributor_id);

-- name: delete_arrivals
-- Forget the names under which a contributor sent. Params: contributor_id.
DELETE FROM arrival WHERE contributor_id = :contributor_id;

-- name: hand_over
-- Let what somebody else sent too be that one's. Params: contributor_id.
UPDATE submission s
SET contributor_id = (SELECT a.contributor_id FROM arrival a WHERE a.inbox_id = s.submission_id ORDER BY a.arrival_id LIMIT 1)
WHERE s.contributor_id = :contributor_id AND EXISTS (SELECT FROM arrival a WHERE a.inbox_id = s.submission_id);

-- name: reopen_duplicates
-- Let whatever repeated one of some submissions that nobody sent any longer stand on its own. Params: submission_ids.
UPDATE submission
SET status = 'received', duplicate_of = NULL, reason_code = NULL, reason = '{}'
WHERE duplicate_of = ANY (:submission_ids)
  AND NOT EXISTS (SELECT FROM arrival a WHERE a.inbox_id = submission.duplicate_of);

-- name: delete_candidate_points
-- Forget the service points that nobody has accepted of some submissions that nobody sent any longer. Params: submission_ids.
DELETE FROM service_point p
USING network n
WHERE n.network_id = p.network_id AND n.kind = 'candidate' AND p.submission_id = ANY (:submission_ids)
  AND NOT EXISTS (SELECT FROM arrival a WHERE a.inbox_id = p.submission_id);

-- name: delete_submissions
-- Delete those of some submissions that nobody sent any longer, with all that was read of them. Params: submission_ids.
DELETE FROM submission s
WHERE s.submission_id = ANY (:submission_ids) AND NOT EXISTS (SELECT FROM arrival a WHERE a.inbox_id = s.submission_id);

-- name: delete_bytes
-- Delete the bytes of a city that nobody sent any longer, neither by themselves nor with a form. Params: city_id.
DELETE FROM inbox i
WHERE i.city_id = :city_id
  AND NOT EXISTS (SELECT FROM arrival a WHERE a.inbox_id = i.inbox_id)
  AND NOT EXISTS (SELECT FROM attachment f WHERE f.inbox_id = i.inbox_id)
  AND NOT EXISTS (SELECT FROM submission s WHERE s.submission_id = i.inbox_id);

-- name: delete_messages
-- Delete all messages of a contributor. Params: contributor_id.
DELETE FROM message WHERE contributor_id = :contributor_id;

-- name: delete_streams
-- Delete the recorders of a contributor, with which document holds each of their rides. Params: contributor_id.
WITH trails AS (
  DELETE FROM trail WHERE stream_id IN (SELECT stream_id FROM stream WHERE contributor_id = :contributor_id)
)
DELETE FROM stream WHERE contributor_id = :contributor_id;

-- name: delete_consents
-- Forget what a contributor agreed to. Params: contributor_id.
DELETE FROM consent WHERE contributor_id = :contributor_id;

-- name: delete_reliability
-- Forget how reliable a contributor has been. Params: city_id, contributor_id.
DELETE FROM reliability
WHERE city_id = :city_id AND person = (SELECT pseudonym FROM contributor WHERE contributor_id = :contributor_id);

-- name: mark_erased
-- Let nothing of a contributor be left but that there was one. Params: contributor_id.
UPDATE contributor
SET pseudonym = 'erased-' || contributor_id, erased_at = coalesce(erased_at, now())
WHERE contributor_id = :contributor_id;
