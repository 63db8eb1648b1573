-- Releases as versions: their files, what validators said of them, and whether the public sees them.

-- name: get_network
-- The network of a release, published or withheld. Params: slug, number.
SELECT n.network_id
FROM network n
JOIN city c USING (city_id)
WHERE c.slug = :slug AND n.kind = 'release' AND n.release_number = :number;

-- name: list_patterns
-- The patterns of a release, each with a digest of what it says and the day its newest ride was made. Params: network_id.
SELECT p.pattern_id, p.valid_until, (p.last_seen AT TIME ZONE c.timezone)::date AS last_seen,
       md5((to_jsonb(p) - ARRAY['network_id', 'valid_until'])::text || coalesce((
         SELECT jsonb_agg(to_jsonb(s) - 'network_id' ORDER BY s.stop_sequence)::text
         FROM pattern_stop s WHERE s.network_id = p.network_id AND s.pattern_id = p.pattern_id
       ), '') || coalesce((
         SELECT jsonb_agg(to_jsonb(h) - 'network_id' ORDER BY h.band_start_s)::text
         FROM headway h WHERE h.network_id = p.network_id AND h.pattern_id = p.pattern_id
       ), '')) AS digest
FROM pattern p
JOIN city c USING (city_id)
WHERE p.network_id = :network_id
ORDER BY p.pattern_id COLLATE "C";

-- name: set_validity
-- Say until when the patterns of a release hold. Params: network_id, pattern_ids, days.
UPDATE pattern p SET valid_until = v.day
FROM unnest(CAST(:pattern_ids AS text[]), CAST(:days AS date[])) AS v(pattern_id, day)
WHERE p.network_id = :network_id AND p.pattern_id = v.pattern_id;

-- name: delete_files
-- Forget the files of a release that was never published, and what was said of them. Params: network_id.
DELETE FROM release_file f
USING network n
WHERE n.network_id = f.network_id AND f.network_id = :network_id AND n.published_at IS NULL;

-- name: insert_file
-- Keep a file of a release, unless it is kept already. Params: network_id, name, sha256, size_bytes.
INSERT INTO release_file (network_id, name, city_id, sha256, size_bytes)
SELECT network_id, :name, city_id, :sha256, :size_bytes FROM network WHERE network_id = :network_id
ON CONFLICT ON CONSTRAINT release_file_pkey DO NOTHING;

-- name: insert_part
-- Keep a part of a file. Params: network_id, name, part, bytes.
INSERT INTO release_file_part (network_id, name, part, city_id, bytes)
SELECT network_id, :name, :part, city_id, :bytes FROM network WHERE network_id = :network_id;

-- name: list_files
-- The kept files of a release. Params: network_id.
SELECT f.name, f.sha256, f.size_bytes,
       (SELECT count(*) FROM release_file_part p WHERE p.network_id = f.network_id AND p.name = f.name) AS parts
FROM release_file f
WHERE f.network_id = :network_id
ORDER BY f.name COLLATE "C";

-- name: get_part
-- One part of a file. Params: network_id, name, part.
SELECT bytes FROM release_file_part WHERE network_id = :network_id AND name = :name AND part = :part;

-- name: insert_check
-- Keep what a validator said. Params: network_id, name, validator, version, day, took_s, errors, warnings, infos, failure, notices.
INSERT INTO release_check (network_id, name, validator, city_id, version, day, took_s, errors, warnings, infos, failure, notices)
SELECT network_id, :name, :validator, city_id, :version, :day, :took_s, :errors, :warnings, :infos, :failure, CAST(:notices AS jsonb)
FROM network WHERE network_id = :network_id;

-- name: list_checks
-- What validators said of the files of a release. Params: network_id.
SELECT name, validator, version, day, took_s, errors, warnings, infos, failure, notices
FROM release_check
WHERE network_id = :network_id
ORDER BY name COLLATE "C", validator;

-- name: mark_published
-- Let the public see a release from now on. Params: network_id, by, reason.
UPDATE network
SET published_at = date_trunc('second', clock_timestamp()), published_by = :by, publish_reason = :reason
WHERE network_id = :network_id AND kind = 'release' AND published_at IS NULL;
