-- name: get_sent
-- What the very bytes of a filled form became, where they came as one before. Params: submission_id.
SELECT s.status::text AS status, s.reason_code, s.reason
FROM instance i JOIN submission s USING (submission_id)
WHERE i.submission_id = :submission_id;

-- name: get_instance
-- A filled form by its own id, with who sent it. Params: city_id, form_id, instance_id.
SELECT i.submission_id, s.contributor_id
FROM instance i JOIN submission s USING (submission_id)
WHERE i.city_id = :city_id AND i.form_id = :form_id AND i.instance_id = :instance_id;

-- name: insert_instance
-- A filled form; no row comes back where its id is taken, or what it edits was edited already. Params: submission_id, city_id, form_id, version, instance_id, supersedes, device_id, complete.
INSERT INTO instance (submission_id, city_id, form_id, version, instance_id, supersedes, device_id, complete)
VALUES (:submission_id, :city_id, :form_id, :version, :instance_id, :supersedes, :device_id, :complete)
ON CONFLICT DO NOTHING
RETURNING submission_id;

-- name: mark_complete
-- The last of its files has come. Params: submission_id.
UPDATE instance SET complete = true WHERE submission_id = :submission_id AND NOT complete;

-- name: expect_files
-- The files that a filled form names. Params: submission_id, city_id, names.
INSERT INTO attachment (submission_id, city_id, name, named)
SELECT :submission_id, :city_id, name, true FROM unnest(CAST(:names AS text[])) AS name
ON CONFLICT ON CONSTRAINT attachment_pkey DO NOTHING;

-- name: carry_files
-- What an edit names and the version before it holds is the edit's as well. Params: submission_id, supersedes.
UPDATE attachment a
SET inbox_id = old.inbox_id, received_at = old.received_at
FROM attachment old
WHERE a.submission_id = :submission_id AND a.inbox_id IS NULL
  AND old.submission_id = :supersedes AND old.name = a.name AND old.inbox_id IS NOT NULL;

-- name: upsert_file
-- A file of a filled form; other bytes under its name take the place of those before, which stay aside. Params: submission_id, city_id, name, inbox_id, named.
WITH aside AS (
  INSERT INTO attachment (submission_id, city_id, name, inbox_id, named, received_at)
  SELECT a.submission_id, a.city_id, a.name || '~' || left(encode(i.sha256, 'hex'), 8), a.inbox_id, false, a.received_at
  FROM attachment a JOIN inbox i USING (inbox_id)
  WHERE a.submission_id = :submission_id AND a.name = :name AND a.inbox_id <> :inbox_id
  ON CONFLICT ON CONSTRAINT attachment_pkey DO NOTHING
)
INSERT INTO attachment (submission_id, city_id, name, inbox_id, named, received_at)
VALUES (:submission_id, :city_id, :name, :inbox_id, :named, now())
ON CONFLICT ON CONSTRAINT attachment_pkey DO UPDATE
SET inbox_id = excluded.inbox_id, named = excluded.named, received_at = excluded.received_at
WHERE attachment.inbox_id IS DISTINCT FROM excluded.inbox_id;

-- name: list_missing
-- The files that a filled form names and that have not come. Params: submission_id.
SELECT name FROM attachment
WHERE submission_id = :submission_id AND named AND inbox_id IS NULL
ORDER BY name COLLATE "C";

-- name: list_files
-- The files of a filled form that it names. Params: submission_id.
SELECT a.name, i.bytes
FROM attachment a JOIN inbox i USING (inbox_id)
WHERE a.submission_id = :submission_id AND a.named
ORDER BY a.name COLLATE "C";

-- name: mark_unread
-- Have a filled form read, again where more of it came; not one that was edited or deleted since. Params: submission_id.
UPDATE submission
SET kind = 'instance', status = 'received', duplicate_of = NULL, reason_code = NULL, reason = '{}'
WHERE submission_id = :submission_id AND coalesce(reason_code, '') NOT IN ('edited', 'deleted');

-- name: mark_edited
-- The version before an edit that is read says nothing any more; which it was. Params: submission_id.
UPDATE submission old
SET status = 'duplicate', duplicate_of = i.submission_id, reason_code = 'edited', reason = '{}'
FROM instance i JOIN submission s USING (submission_id)
WHERE i.submission_id = :submission_id AND s.status IN ('received', 'accepted') AND old.submission_id = i.supersedes
  AND coalesce(old.reason_code, '') NOT IN ('edited', 'deleted')
RETURNING old.submission_id;

-- name: get_policy
-- Whether a city keeps forms that it does not know. Params: city_id.
SELECT keep_unknown FROM city WHERE city_id = :city_id;

-- name: save_answers
-- What was answered, by the path of each question. Params: submission_id, answers.
UPDATE instance SET answers = CAST(:answers AS jsonb) WHERE submission_id = :submission_id;

-- name: set_policy
-- Have a city keep forms that it does not know, or refuse them. Params: city_id, keep_unknown.
UPDATE city SET keep_unknown = :keep_unknown WHERE city_id = :city_id;
