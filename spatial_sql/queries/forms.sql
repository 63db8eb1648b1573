-- name: list_forms
-- The open forms of a city with their current versions, without their XML. Params: city_id.
SELECT f.form_id, f.title, v.version, v.md5, cardinality(v.media) > 0 AS has_media
FROM form f
JOIN LATERAL (
  SELECT version, md5, media FROM form_version WHERE form_key = f.form_key ORDER BY position DESC LIMIT 1
) v ON true
WHERE f.city_id = :city_id AND f.state = 'open'
ORDER BY f.builtin DESC, f.form_key;

-- name: list_all
-- Every form of a city with what its current version holds, for its managers. Params: city_id.
SELECT f.form_id, f.title, f.state, f.builtin, f.created_at, v.version, v.created_at AS version_at, v.media, v.source_name,
  (SELECT count(*) FROM jsonb_array_elements(v.questions) q WHERE q ->> 'label' IS NOT NULL) AS questions,
  (SELECT count(*) FROM form_version all_of_it WHERE all_of_it.form_key = f.form_key) AS versions
FROM form f
JOIN LATERAL (
  SELECT version, created_at, media, source_name, questions FROM form_version WHERE form_key = f.form_key
  ORDER BY position DESC LIMIT 1
) v ON true
WHERE f.city_id = :city_id
ORDER BY f.builtin DESC, f.form_key;

-- name: get_version
-- One version of a form, the current one where none is named (null). Params: city_id, form_id, version.
SELECT f.form_id, f.title, f.state, v.version, v.xml, v.md5, v.media, v.questions, v.xlsx, v.source_name
FROM form f JOIN form_version v USING (form_key)
WHERE f.city_id = :city_id AND f.form_id = :form_id AND (CAST(:version AS text) IS NULL OR v.version = :version)
ORDER BY v.position DESC
LIMIT 1;

-- name: get_state
-- The state of a form and whether it ever had this version. Params: city_id, form_id, version.
SELECT f.state, EXISTS (SELECT FROM form_version v WHERE v.form_key = f.form_key AND v.version = :version) AS has_version
FROM form f
WHERE f.city_id = :city_id AND f.form_id = :form_id;

-- name: get_or_insert_form
-- The key of a form, which stays this transaction's until it ends. Params: city_id, form_id, title, builtin.
INSERT INTO form (city_id, form_id, title, builtin)
VALUES (:city_id, :form_id, :title, :builtin)
ON CONFLICT ON CONSTRAINT form_id_key DO UPDATE SET title = excluded.title
RETURNING form_key, builtin;

-- name: insert_version
-- One more version of a form, which becomes the current one.
-- Params: form_key, version, city_id, xml, md5, xlsx, source_name, questions, media.
INSERT INTO form_version (form_key, version, city_id, xml, md5, xlsx, source_name, questions, media, position)
SELECT :form_key, :version, :city_id, :xml, :md5, :xlsx, :source_name, CAST(:questions AS jsonb), CAST(:media AS text[]),
  1 + coalesce(max(position), 0)
FROM form_version
WHERE form_key = :form_key;

-- name: set_state
-- Open a form, or close it. Params: city_id, form_id, state.
UPDATE form SET state = :state WHERE city_id = :city_id AND form_id = :form_id;

-- name: put_file
-- A file that a version of a form shows or chooses from, in place of one of that name.
-- Params: form_key, version, name, city_id, md5, bytes.
INSERT INTO form_file (form_key, version, name, city_id, md5, bytes)
VALUES (:form_key, :version, :name, :city_id, :md5, :bytes)
ON CONFLICT ON CONSTRAINT form_file_pkey DO UPDATE SET md5 = excluded.md5, bytes = excluded.bytes
WHERE form_file.md5 <> excluded.md5;

-- name: list_files
-- The files that came with the current version of a form, without their bytes. Params: city_id, form_id.
SELECT file.name, file.md5
FROM form f
JOIN LATERAL (SELECT version FROM form_version WHERE form_key = f.form_key ORDER BY position DESC LIMIT 1) v ON true
JOIN form_file file ON file.form_key = f.form_key AND file.version = v.version
WHERE f.city_id = :city_id AND f.form_id = :form_id
ORDER BY file.name;

-- name: get_file
-- A file that came with the current version of a form. Params: city_id, form_id, name.
SELECT file.md5, file.bytes
FROM form f
JOIN LATERAL (SELECT version FROM form_version WHERE form_key = f.form_key ORDER BY position DESC LIMIT 1) v ON true
JOIN form_file file ON file.form_key = f.form_key AND file.version = v.version
WHERE f.city_id = :city_id AND f.form_id = :form_id AND file.name = :name;

-- name: list_answers
-- The filled forms of one kind with their answers, in the order in which they came. Params: city_id, form_id.
SELECT i.instance_id, i.version, i.complete, i.answers, s.status::text AS status, s.reason_code, s.reason, c.pseudonym,
  inbox.received_at
FROM instance i
JOIN submission s USING (submission_id)
JOIN inbox ON inbox.inbox_id = i.submission_id
LEFT JOIN contributor c ON c.contributor_id = s.contributor_id
WHERE i.city_id = :city_id AND i.form_id = :form_id
ORDER BY i.submission_id;
