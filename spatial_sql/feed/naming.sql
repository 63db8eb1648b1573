-- The routes of a feed and its holidays: read, named in the caller's hands (plurals, rules of names and moons are no matter of SQL), and put back.

-- name: list_routes
-- The routes that the feed's patterns belong to, with how their headways are known. Params: network_id.
SELECT r.route_id, r.short_name, r.long_name, r.name_votes, r.runs, r.people, r.confidence,
       (SELECT coalesce(array_agg(c.field), '{}') FROM chosen_name c
        WHERE c.network_id = r.network_id AND c.kind = 'route' AND c.element_id = r.route_id) AS chosen,
       (r.first_seen AT TIME ZONE a.timezone)::date AS first_seen, (r.last_seen AT TIME ZONE a.timezone)::date AS last_seen,
       used.methods, coalesce(ar.agency_id, 'informal') AS agency_id
FROM feed_about a
JOIN route r USING (network_id)
JOIN (
  SELECT p.route_id, array_agg(DISTINCT h.method) AS methods
  FROM feed_pattern p
  JOIN headway h ON h.network_id = :network_id AND h.pattern_id = p.pattern_id
  GROUP BY p.route_id
) AS used USING (route_id)
LEFT JOIN agency_route ar ON ar.network_id = r.network_id AND ar.route_id = r.route_id
ORDER BY r.route_id COLLATE "C";

-- name: route
-- The routes under their published names. Params: routes.
CREATE UNLOGGED TABLE feed_route AS
SELECT known.*
FROM jsonb_to_recordset(CAST(:routes AS jsonb)) AS known (
  route_id text, agency_id text, short_name text, short_method text, short_votes integer, long_name text,
  long_method text, long_votes integer, route_desc text, expanded_desc text, runs integer, people integer,
  first_seen date, last_seen date, confidence real
);

-- name: route_text
-- What their descriptions are in the other languages. Params: texts.
CREATE UNLOGGED TABLE feed_route_text AS
SELECT * FROM jsonb_to_recordset(CAST(:texts AS jsonb)) AS known (
  route_id text, language text, route_desc text, expanded_desc text
);

-- name: holiday_years
-- Whose public holidays are as Sundays, where a person says so, and in which years the feed holds.
SELECT c.holidays, c.country, extract(year FROM min(s.start_date))::integer AS first_year,
       extract(year FROM max(s.end_date))::integer AS last_year
FROM feed_about
JOIN city c USING (city_id)
CROSS JOIN feed_service s
GROUP BY c.holidays, c.country;
