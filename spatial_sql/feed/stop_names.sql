-- Stops under names that tell them apart, and the stations to which some belong.

-- name: street
-- A stop with no landmark in sight is called after its streets, as the release knows them; one as well whose landmark gives its name to a stop at another place. Params: network_id, one_place_m.
UPDATE feed_stop f
SET name = CASE s.method WHEN 'nearest_crossing' THEN replace(t.text, '{name}', s.name) ELSE s.name END, name_method = s.method
FROM (
  SELECT stop_id, ST_DWithin(geog, first_value(geog) OVER same, :one_place_m) AS is_one_place
  FROM feed_stop
  WINDOW same AS (PARTITION BY name ORDER BY name_method IN ('chosen', 'reported') DESC, kind, stop_id COLLATE "C")
) AS known
JOIN stop_street s ON s.stop_id = known.stop_id AND s.network_id = :network_id
CROSS JOIN feed_about a
JOIN feed_text t ON t.language = a.text_language AND t.key = 'stop_near'
WHERE f.stop_id = known.stop_id AND (f.name_method = 'stop_id' OR NOT is_one_place)
  AND f.name_method NOT IN ('chosen', 'reported');

-- name: repeated
-- A name that nobody gave stands for one place: where another has it, the id tells which. Params: one_place_m.
UPDATE feed_stop f
SET name = f.name || ' (' || f.stop_id || ')'
FROM (
  SELECT stop_id, ST_DWithin(geog, first_value(geog) OVER same, :one_place_m) AS is_one_place
  FROM feed_stop
  WINDOW same AS (PARTITION BY name ORDER BY name_method IN ('chosen', 'reported') DESC, kind, stop_id COLLATE "C")
) AS known
WHERE f.stop_id = known.stop_id AND NOT is_one_place AND f.name_method NOT IN ('chosen', 'reported', 'stop_id');

-- name: station
-- The stations of those stops under their names, else under that of their first stop. Params: network_id.
INSERT INTO feed_stop (stop_id, name, name_method, lon, lat, geog, kind)
SELECT station_id, coalesce(gtfs_name(a.name), first.name),
       CASE WHEN gtfs_name(a.name) IS NULL THEN first.name_method WHEN c.name IS NULL THEN 'reported' ELSE 'chosen' END,
       round(ST_X(a.geom)::numeric, 6), round(ST_Y(a.geom)::numeric, 6), a.geom::geography, 'station'
FROM station a
JOIN (
  SELECT DISTINCT ON (station_id) station_id, name, name_method
  FROM feed_stop
  WHERE station_id IS NOT NULL
  ORDER BY station_id, stop_id COLLATE "C"
) AS first USING (station_id)
LEFT JOIN chosen_name c
  ON c.network_id = a.network_id AND c.kind = 'station' AND c.element_id = a.station_id AND c.field = 'name'
WHERE a.network_id = :network_id;

-- name: own_text
-- The feed's own sentences, each beside what it is in another language.
CREATE VIEW feed_own_text AS
SELECT t.key, t.text AS own_text, o.language, o.text
FROM feed_about a
JOIN feed_text t ON t.language = a.text_language
JOIN feed_text o ON o.key = t.key AND o.language <> split_part(lower(a.language), '-', 1);

-- name: said
-- The names that people translated, one translation in each language. Params: network_id.
CREATE UNLOGGED TABLE feed_said AS
SELECT language, gtfs_name(name) AS name, min(gtfs_name(translation) COLLATE "C") AS translation
FROM name_translation
WHERE network_id = :network_id
GROUP BY language, gtfs_name(name);

-- name: stop_said
-- What stops are called in other languages: as people translated their names; one that is called after what is near it, or by its id, is so in every language.
CREATE UNLOGGED TABLE feed_stop_said AS
WITH derived AS (
  SELECT f.stop_id, f.name, own.language, replace(text, '{name}', coalesce(translation, near.name)) AS translation
  FROM feed_stop f
  JOIN feed_own_text own ON key = 'stop_near' AND starts_with(name_method, 'nearest_')
    AND f.name LIKE replace(own_text, '{name}', '%')
  CROSS JOIN LATERAL (
    SELECT substr(f.name, length(split_part(own_text, '{name}', 1)) + 1,
                  length(f.name) - length(replace(own_text, '{name}', ''))) AS name
  ) AS near
  LEFT JOIN feed_said said ON said.language = own.language AND said.name = near.name
  UNION ALL
  SELECT stop_id, name, language, replace(text, '{stop_id}', stop_id)
  FROM feed_stop
  JOIN feed_own_text own ON key = 'stop_unnamed' AND name_method = 'stop_id'
)
SELECT stop_id, language, translation
FROM feed_stop
JOIN feed_said USING (name)
UNION ALL
SELECT stop_id, language, translation
FROM derived d
WHERE NOT EXISTS (SELECT FROM feed_said whole WHERE whole.language = d.language AND whole.name = d.name);

-- name: stop_desc
-- What a rider does at a virtual stop, in every language: after which stop and before which, on the first pattern that passes it.
CREATE UNLOGGED TABLE feed_stop_desc AS
WITH hailed AS (
  SELECT DISTINCT ON (v.stop_id) v.stop_id, before.stop_id AS before_id, after.stop_id AS after_id
  FROM feed_pattern_stop v
  CROSS JOIN LATERAL (
    SELECT s.stop_id
    FROM feed_pattern_stop s
    WHERE s.pattern_no = v.pattern_no AND s.stop_sequence < v.stop_sequence AND NOT s.is_virtual
    ORDER BY s.stop_sequence DESC
    LIMIT 1
  ) AS before
  CROSS JOIN LATERAL (
    SELECT s.stop_id
    FROM feed_pattern_stop s
    WHERE s.pattern_no = v.pattern_no AND s.stop_sequence > v.stop_sequence AND NOT s.is_virtual
    ORDER BY s.stop_sequence
    LIMIT 1
  ) AS after
  WHERE v.is_virtual
  ORDER BY v.stop_id, v.pattern_no, v.stop_sequence
)
SELECT h.stop_id, t.language,
       replace(replace(t.text, '{before}', coalesce(b.translation, before.name)), '{after}', coalesce(a.translation, after.name))
         AS stop_desc
FROM hailed h
JOIN feed_stop before ON before.stop_id = h.before_id
JOIN feed_stop after ON after.stop_id = h.after_id
JOIN feed_text t ON t.key = CASE WHEN before.name = after.name THEN 'hail_by' ELSE 'hail_between' END
LEFT JOIN feed_stop_said b ON b.language = t.language AND b.stop_id = h.before_id
LEFT JOIN feed_stop_said a ON a.language = t.language AND a.stop_id = h.after_id;
