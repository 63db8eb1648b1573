-- name: insert_messages
-- Keep messages whose keys hold, each once; one row per message that may be kept, in their order. Params: tokens, kinds, devices, queries, names, digests, bodies.
WITH sent AS (
  SELECT *
  FROM unnest(CAST(:tokens AS bytea[]), CAST(:kinds AS text[]), CAST(:devices AS text[]), CAST(:queries AS text[]),
              CAST(:names AS text[]), CAST(:digests AS bytea[]), CAST(:bodies AS bytea[]))
       WITH ORDINALITY AS m (token_sha256, kind, device, query, name, sha256, bytes, position)
), known AS (
  SELECT sent.*, t.city_id, t.token_id, t.contributor_id
  FROM sent JOIN token t USING (token_sha256)
  WHERE t.revoked_at IS NULL
), kept AS (
  INSERT INTO message (city_id, token_id, contributor_id, kind, device, query, name, sha256, bytes)
  SELECT city_id, token_id, contributor_id, kind, device, query, name, sha256, bytes
  FROM known
  ORDER BY contributor_id, sha256, position  -- one order everywhere: two processes cannot deadlock
  ON CONFLICT DO NOTHING
  RETURNING contributor_id, sha256
)
SELECT k.position, k.contributor_id, c.slug, c.language,
       EXISTS (SELECT FROM kept WHERE kept.contributor_id = k.contributor_id AND kept.sha256 = k.sha256) AS is_new
FROM known k JOIN city c USING (city_id)
ORDER BY k.position;

-- name: get_named
-- The digest of what a contributor sent under a name of their own. Params: contributor_id, name.
SELECT sha256 FROM message WHERE contributor_id = :contributor_id AND name = :name;

-- name: list_names
-- What a contributor sent of one ride of the page, by the names of its chunks. Params: contributor_id, ride.
SELECT name FROM message WHERE contributor_id = :contributor_id AND kind = 'page' AND device = :ride;

-- name: get_finished
-- Whether the page said that a ride is whole. Params: contributor_id, ride.
SELECT finished FROM stream WHERE contributor_id = :contributor_id AND kind = 'page' AND device = :ride;

-- name: list_unread
-- Messages that nobody has read yet, in the order in which they came, held until the transaction ends. Params: city_id, most.
SELECT message_id, contributor_id, kind, device, query, name, bytes, extract(epoch FROM received_at)::float AS received_s
FROM message
WHERE city_id = :city_id AND read_at IS NULL
ORDER BY message_id
LIMIT :most
FOR UPDATE SKIP LOCKED;

-- name: has_unread
-- One row where a city has messages that nobody has read yet. Params: city_id.
SELECT 1 AS found FROM message WHERE city_id = :city_id AND read_at IS NULL LIMIT 1;

-- name: mark_read
-- What reading found in some messages; nulls for what it did not. Params: message_ids, stream_ids, points, first_s, last_s, accuracies_m, batteries, codes, problems.
UPDATE message m
SET read_at = now(), stream_id = r.stream_id, points = r.points, first_s = r.first_s, last_s = r.last_s,
    accuracy_m = r.accuracy_m, battery = r.battery, problem_code = r.problem_code, problem = CAST(r.problem AS jsonb)
FROM unnest(CAST(:message_ids AS bigint[]), CAST(:stream_ids AS bigint[]), CAST(:points AS integer[]),
            CAST(:first_s AS float[]), CAST(:last_s AS float[]), CAST(:accuracies_m AS real[]), CAST(:batteries AS real[]),
            CAST(:codes AS text[]), CAST(:problems AS text[]))
     AS r (message_id, stream_id, points, first_s, last_s, accuracy_m, battery, problem_code, problem)
WHERE m.message_id = r.message_id;

-- name: mark_unread
-- Let a message be read again. Params: city_id, message_id.
UPDATE message SET read_at = NULL WHERE city_id = :city_id AND message_id = :message_id;

-- name: get_or_insert_stream
-- The stream of a recorder, made where it is new. Params: city_id, contributor_id, kind, device.
INSERT INTO stream (city_id, contributor_id, kind, device)
VALUES (:city_id, :contributor_id, :kind, :device)
ON CONFLICT ON CONSTRAINT stream_device_key DO UPDATE SET device = excluded.device
RETURNING stream_id;

-- name: mark_changed
-- Fixes between two times have come to a stream. Params: stream_id, first_s, last_s.
UPDATE stream
SET changed_from_s = least(changed_from_s, :first_s), changed_to_s = greatest(changed_to_s, :last_s), changed_at = now()
WHERE stream_id = :stream_id;

-- name: mark_finished
-- The recorder says that nothing more is to come. Params: stream_id.
UPDATE stream SET finished = true WHERE stream_id = :stream_id;

-- name: list_due
-- Streams with changes to assemble: all of them, or only those that rest, were finished, or have changed for long. Params: city_id, all, rested_s, before_s, longest_s.
SELECT stream_id
FROM stream
WHERE city_id = :city_id AND changed_from_s IS NOT NULL
  AND (:all OR finished OR changed_to_s - changed_from_s > :longest_s
       OR (changed_at < to_timestamp(:rested_s) AND changed_to_s < :before_s))
ORDER BY stream_id;

-- name: get_changed
-- One stream with changes and whose it is, held until the transaction ends; none where another process has it. Params: stream_id.
SELECT s.stream_id, s.city_id, s.contributor_id, s.kind, s.device, s.changed_from_s, s.changed_to_s, c.pseudonym
FROM stream s JOIN contributor c USING (contributor_id)
WHERE s.stream_id = :stream_id AND s.changed_from_s IS NOT NULL
FOR UPDATE OF s SKIP LOCKED;

-- name: mark_assembled
-- All fixes of a stream are in their trails. Params: stream_id.
UPDATE stream SET changed_from_s = NULL, changed_to_s = NULL WHERE stream_id = :stream_id;

-- name: list_spans
-- From when to when the messages of a stream tell, those that touch a stretch of time. Params: stream_id, from_s, to_s.
SELECT DISTINCT first_s, last_s
FROM message
WHERE stream_id = :stream_id AND last_s >= :from_s AND first_s <= :to_s
ORDER BY first_s, last_s;

-- name: list_wide
-- The messages of a stream that touch a stretch of time and tell of more than some seconds. Params: stream_id, from_s, to_s, longer_s.
SELECT kind, query, device, name, bytes, extract(epoch FROM received_at)::float AS received_s
FROM message
WHERE stream_id = :stream_id AND last_s >= :from_s AND first_s <= :to_s AND last_s - first_s > :longer_s
ORDER BY message_id;

-- name: list_of_stream
-- The messages of a stream that touch a stretch of time. Params: stream_id, from_s, to_s.
SELECT kind, query, device, name, bytes, extract(epoch FROM received_at)::float AS received_s
FROM message
WHERE stream_id = :stream_id AND last_s >= :from_s AND first_s <= :to_s
ORDER BY message_id;

-- name: list_trails
-- The trails of a stream that begin in a stretch of time. Params: stream_id, from_s, to_s.
SELECT first_s, last_s, submission_id
FROM trail
WHERE stream_id = :stream_id AND first_s >= :from_s AND first_s < :to_s
ORDER BY first_s;

-- name: delete_trail
-- Forget which document held a ride of a stream. Params: stream_id, first_s.
DELETE FROM trail WHERE stream_id = :stream_id AND first_s = :first_s;

-- name: insert_trail
-- A ride of a stream and the document that holds it. Params: stream_id, submission_id, city_id, first_s, last_s.
INSERT INTO trail (stream_id, submission_id, city_id, first_s, last_s)
VALUES (:stream_id, :submission_id, :city_id, :first_s, :last_s);

-- name: list_latest
-- The newest messages of a key, newest first. Params: token_id, most.
SELECT message_id, kind, query, device, bytes, extract(epoch FROM received_at)::float AS received_s
FROM message
WHERE token_id = :token_id
ORDER BY received_at DESC
LIMIT :most;

-- name: list_problems
-- Messages of a city that could not be used, wholly or in part, newest first. Params: city_id, most.
SELECT m.message_id, m.contributor_id, c.pseudonym, m.kind, extract(epoch FROM m.received_at)::float AS received_s, m.points,
       m.problem_code, m.problem
FROM message m JOIN contributor c USING (contributor_id)
WHERE m.city_id = :city_id AND m.problem_code IS NOT NULL
ORDER BY message_id DESC
LIMIT :most;

-- name: insert_message
-- Keep a message that came as a file; no row comes back where its contributor sent it before. Params: city_id, contributor_id, kind, device, query, sha256, bytes.
INSERT INTO message (city_id, contributor_id, kind, device, query, sha256, bytes)
VALUES (:city_id, :contributor_id, :kind, :device, :query, :sha256, :bytes)
ON CONFLICT DO NOTHING
RETURNING message_id;
