-- name: put_agency
-- Keep an agency; one of the same name is changed, in what is stated of it, and keeps its id. Params: network_id, agency_id, city_id, name, url, phone, email, cash_only.
INSERT INTO agency (network_id, agency_id, city_id, name, url, phone, email, cash_only)
VALUES (:network_id, :agency_id, :city_id, :name, :url, :phone, :email, :cash_only)
ON CONFLICT ON CONSTRAINT agency_pkey DO UPDATE
SET name = excluded.name, url = excluded.url, phone = excluded.phone, email = excluded.email,
    cash_only = excluded.cash_only;

-- name: get_agency
-- An agency by its id or its name. Params: network_id, named.
SELECT agency_id, name, url, phone, email, cash_only
FROM agency
WHERE network_id = :network_id AND (agency_id = :named OR name = :named)
ORDER BY agency_id = :named DESC
LIMIT 1;

-- name: get_agency_of_route
-- The agency that runs a route, where a person said so. Params: network_id, route_id.
SELECT agency_id, name, url, phone, email, cash_only
FROM agency
JOIN agency_route USING (network_id, agency_id)
WHERE network_id = :network_id AND route_id = :route_id;

-- name: list_agencies
-- The agencies of a network with the routes that they run. Params: network_id.
SELECT agency_id, name, url, phone, email, cash_only,
       ARRAY(
         SELECT route_id FROM agency_route r
         WHERE r.network_id = a.network_id AND r.agency_id = a.agency_id
         ORDER BY length(route_id), route_id COLLATE "C"
       ) AS routes
FROM agency a
WHERE network_id = :network_id
ORDER BY length(agency_id), agency_id COLLATE "C";

-- name: list_known_routes
-- Those of some ids that are routes of a network. Params: network_id, route_ids.
SELECT route_id FROM route WHERE network_id = :network_id AND route_id = ANY (:route_ids);

-- name: put_routes
-- Say which agency runs some routes. Params: network_id, city_id, agency_id, route_ids.
INSERT INTO agency_route (network_id, route_id, city_id, agency_id)
SELECT :network_id, route_id, :city_id, :agency_id FROM unnest(CAST(:route_ids AS text[])) AS route_id
ON CONFLICT ON CONSTRAINT agency_route_pkey DO UPDATE SET agency_id = excluded.agency_id;

-- name: delete_routes
-- Take back which agency runs some routes. Params: network_id, route_ids.
DELETE FROM agency_route WHERE network_id = :network_id AND route_id = ANY (:route_ids);

-- name: list_told_operators
-- Who runs each route of a network as riders say in forms, the most named first; spelling as most write it. Params: network_id.
WITH told AS (
  SELECT DISTINCT p.route_id, r.report_id, s.contributor_id, btrim(r.details ->> 'operator') AS said
  FROM pattern p
  JOIN pattern_run pr USING (network_id, pattern_id)
  JOIN run USING (run_id)
  JOIN report r ON coalesce(r.ride_id, r.submission_id) = run.submission_id
  JOIN submission s ON s.submission_id = r.submission_id
  WHERE p.network_id = :network_id AND pr.role <> 'alternative' AND s.status = 'accepted' AND NOT r.cancelled
    AND btrim(r.details ->> 'operator') <> ''
)
SELECT route_id, mode() WITHIN GROUP (ORDER BY said COLLATE "C") AS name, count(*) AS times,
       count(DISTINCT contributor_id) AS people
FROM told
GROUP BY route_id, lower(said)
ORDER BY length(route_id), route_id COLLATE "C", times DESC, min(said COLLATE "C");

-- name: put_translation
-- Keep what a name is in another language. Params: network_id, city_id, language, name, translation.
INSERT INTO name_translation (network_id, city_id, language, name, translation)
VALUES (:network_id, :city_id, :language, :name, :translation)
ON CONFLICT ON CONSTRAINT name_translation_pkey DO UPDATE SET translation = excluded.translation;

-- name: delete_translation
-- Take a translation back. Params: network_id, language, name.
DELETE FROM name_translation WHERE network_id = :network_id AND language = :language AND name = :name;

-- name: list_names
-- Every name that a network shows and that somebody could translate: stops, destinations, routes, agencies. Params: network_id.
SELECT name FROM stop WHERE network_id = :network_id AND name IS NOT NULL
UNION SELECT name FROM station WHERE network_id = :network_id AND name IS NOT NULL
UNION SELECT headsign FROM pattern WHERE network_id = :network_id AND headsign IS NOT NULL
UNION SELECT long_name FROM route WHERE network_id = :network_id AND long_name IS NOT NULL
UNION SELECT name FROM agency WHERE network_id = :network_id
ORDER BY 1;
