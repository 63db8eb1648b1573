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

-- name: list_carried_ends
-- The day on which the last calendar of each pattern ends that a network carries on of imported feeds as they have it: its end or that for which a person vouches, and single dates. Where none can be read it is the day from which the feed says to hold. Params: network_id.
WITH carried AS (
  SELECT pattern_id, source_id, f.dated, to_char(f.still_true_until, 'YYYYMMDD') AS vouched
  FROM pattern JOIN source_feed f USING (source_id)
  WHERE pattern.network_id = :network_id AND runs = 0
), place AS (
  SELECT f.source_id, f.name AS file, btrim(c.name) AS name, c.place::integer
  FROM source_file f
  CROSS JOIN LATERAL unnest(f.columns) WITH ORDINALITY AS c (name, place)
  WHERE f.source_id IN (SELECT source_id FROM carried) AND f.name IN ('trips.txt', 'calendar.txt', 'calendar_dates.txt')
), used AS (
  SELECT DISTINCT c.pattern_id, c.source_id, r.cells[service.place] AS service_id
  FROM carried c
  JOIN source_trip t USING (source_id, pattern_id)
  JOIN place trip ON (trip.source_id, trip.file, trip.name) = (c.source_id, 'trips.txt', 'trip_id')
  JOIN place service ON (service.source_id, service.file, service.name) = (c.source_id, 'trips.txt', 'service_id')
  JOIN source_row r ON r.source_id = c.source_id AND r.name = 'trips.txt' AND r.cells[trip.place] = t.trip_id
), last AS (
  SELECT r.source_id, r.name, r.cells[service.place] AS service_id, r.cells[day.place] AS day
  FROM source_row r
  JOIN place service ON (service.source_id, service.file, service.name) = (r.source_id, r.name, 'service_id')
  JOIN place day ON (day.source_id, day.file) = (r.source_id, r.name)
    AND day.name = CASE r.name WHEN 'calendar.txt' THEN 'end_date' ELSE 'date' END
  WHERE r.source_id IN (SELECT source_id FROM carried) AND EXISTS (
    SELECT FROM place runs
    WHERE (runs.source_id, runs.file) = (r.source_id, r.name) AND btrim(r.cells[runs.place]) = '1'
      AND runs.name IN ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday', 'exception_type')
  )
)
SELECT c.pattern_id, coalesce(max(
  -- so a 31st of a short month is the day after it
  make_date(substr(said.day, 1, 4)::integer, substr(said.day, 5, 2)::integer, 1) + substr(said.day, 7)::integer - 1
), c.dated) AS day
FROM carried c
LEFT JOIN used USING (source_id, pattern_id)
LEFT JOIN last USING (source_id, service_id)
LEFT JOIN LATERAL (
  SELECT CASE last.name WHEN 'calendar.txt' THEN greatest(last.day, c.vouched) ELSE last.day END AS day
) AS said ON said.day ~ '^[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$'
GROUP BY c.pattern_id, c.dated;

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

-- name: keep_holidays
-- Let a release say what its feed does of public holidays: as usual, or whose are as Sundays. Params: network_id.
UPDATE network n
SET holidays = CASE c.holidays WHEN 'as_sunday' THEN c.country ELSE c.holidays END
FROM city c
WHERE c.city_id = n.city_id AND n.network_id = :network_id AND n.kind = 'release';

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
