-- What is told riders right now.

-- name: hold_city
-- Let one alert of a city at a time take its number, until the transaction ends. Params: city_id.
SELECT city_id FROM city WHERE city_id = :city_id FOR NO KEY UPDATE;

-- name: insert_alert
-- A new alert under the city's next number. Params: city_id, cause, effect, header, description, url, language, starts_at, ends_at, created_by.
INSERT INTO alert (city_id, number, cause, effect, header, description, url, language, starts_at, ends_at, created_by)
SELECT :city_id, coalesce(max(number), 0) + 1, :cause, :effect, :header, :description, :url, :language, :starts_at,
       :ends_at, :created_by
FROM alert
WHERE city_id = :city_id
RETURNING number;

-- name: insert_about
-- What an alert is about. Params: city_id, number, kind, ids.
INSERT INTO alert_about (city_id, number, kind, id)
SELECT DISTINCT CAST(:city_id AS integer), CAST(:number AS integer), :kind, id FROM unnest(CAST(:ids AS text[])) AS id;

-- name: list_alerts
-- The alerts of a city that have not ended at a moment, those that began first at the top; about what they named and what follows it. Params: slug, at (null: all that there ever were).
SELECT a.number, a.cause, a.effect, a.header, a.description, a.url, a.language, a.starts_at, a.ends_at, a.created_by,
       about.route_ids, about.stop_ids
FROM alert a
JOIN city c USING (city_id)
CROSS JOIN LATERAL (
  SELECT coalesce(array_agg(id ORDER BY id COLLATE "C") FILTER (WHERE kind = 'route'), '{}') AS route_ids,
         coalesce(array_agg(id ORDER BY id COLLATE "C") FILTER (WHERE kind = 'stop'), '{}') AS stop_ids
  FROM (
    SELECT o.kind, o.id FROM alert_about o WHERE o.city_id = a.city_id AND o.number = a.number
    UNION
    SELECT o.kind, l.new_id
    FROM alert_about o
    JOIN id_alias l ON l.city_id = o.city_id AND l.kind = o.kind AND l.old_id = o.id
    WHERE o.city_id = a.city_id AND o.number = a.number
  ) named
) about
WHERE c.slug = :slug AND (CAST(:at AS timestamptz) IS NULL OR a.ends_at IS NULL OR a.ends_at > :at)
ORDER BY a.starts_at, a.number;

-- name: end_alert
-- End an alert that has not ended yet; one that has not begun never does. Params: city_id, number, at, actor.
UPDATE alert
SET starts_at = least(starts_at, :at), ends_at = :at, ended_by = :actor
WHERE city_id = :city_id AND number = :number AND (ends_at IS NULL OR ends_at > :at);

-- name: list_known
-- Those of some routes and stops that a city's newest release has, with what riders call them. Params: slug, route_ids, stop_ids.
WITH newest AS (
  SELECT n.network_id
  FROM network n JOIN city c USING (city_id)
  WHERE c.slug = :slug AND n.published_at IS NOT NULL
  ORDER BY n.release_number DESC
  LIMIT 1
)
SELECT 'route' AS kind, r.route_id AS id, coalesce(r.short_name, r.long_name) AS name
FROM newest JOIN route r USING (network_id)
WHERE r.route_id = ANY (CAST(:route_ids AS text[]))
UNION ALL
SELECT 'stop', s.stop_id, s.name
FROM newest JOIN stop s USING (network_id)
WHERE s.stop_id = ANY (CAST(:stop_ids AS text[]));
