-- Feeds that others made: kept word for word, and the networks read from them.

-- name: get_same
-- The source of a city with the same bytes. Params: city_id, sha256.
SELECT source_id, name, dated FROM source_feed WHERE city_id = :city_id AND sha256 = :sha256;

-- name: insert_network
-- A network for what a feed says. Params: city_id.
INSERT INTO network (city_id, kind) VALUES (:city_id, 'source') RETURNING network_id;

-- name: insert_source
-- A feed with its network. Params: city_id, network_id, name, dated, licence, file_name, sha256, imported_by.
INSERT INTO source_feed (city_id, network_id, name, dated, licence, file_name, sha256, imported_by)
VALUES (:city_id, :network_id, :name, :dated, :licence, :file_name, :sha256, :imported_by)
RETURNING source_id;

-- name: insert_file
-- A file of a feed. Params: source_id, name, city_id, columns, bytes.
INSERT INTO source_file (source_id, name, city_id, columns, bytes) VALUES (:source_id, :name, :city_id, :columns, :bytes);

-- name: insert_rows
-- Take in the rows of tables, written as CSV, by COPY.
COPY source_row (source_id, name, line, city_id, cells) FROM STDIN (FORMAT csv);

-- name: insert_trips
-- Take in which pattern each trip is, written as CSV, by COPY.
COPY source_trip (source_id, trip_id, city_id, pattern_id) FROM STDIN (FORMAT csv);

-- name: list_taken_ids
-- The ids of each kind that a city uses or has used; stations share those of stops. Params: city_id.
SELECT 'route' AS kind, route_id AS id FROM route WHERE city_id = :city_id
UNION SELECT 'pattern', pattern_id FROM pattern WHERE city_id = :city_id
UNION SELECT 'stop', stop_id FROM stop WHERE city_id = :city_id
UNION SELECT 'stop', station_id FROM station WHERE city_id = :city_id;

-- name: list_minted
-- The last number that a city has given out of each kind. Params: city_id.
SELECT kind, last FROM minted_id WHERE city_id = :city_id;

-- name: skip_minted
-- Give out no number of a kind up to :last: a feed uses them. Params: city_id, kind, last.
INSERT INTO minted_id (city_id, kind, last)
VALUES (:city_id, :kind, :last)
ON CONFLICT ON CONSTRAINT minted_id_pkey DO UPDATE SET last = greatest(minted_id.last, excluded.last);

-- name: list_networks
-- The networks of a city's sources with the routes that nobody has rejected. Params: city_id.
SELECT f.source_id, f.network_id, ARRAY(
  SELECT r.route_id FROM route r
  WHERE r.network_id = f.network_id
    AND NOT EXISTS (SELECT FROM source_rejection j WHERE j.source_id = f.source_id AND j.route_id = r.route_id)
  ORDER BY r.route_id COLLATE "C"
) AS route_ids
FROM source_feed f
WHERE f.city_id = :city_id
ORDER BY f.source_id;

-- name: list_lines
-- The ways of the patterns of a network with what their routes are called, some routes of it. Params: network_id, route_ids (null: all of them).
SELECT pattern_id, route_id, ST_AsBinary(geom, 'NDR') AS line, short_name, long_name, name_votes
FROM pattern JOIN route USING (network_id, route_id)
WHERE network_id = :network_id AND (CAST(:route_ids AS text[]) IS NULL OR route_id = ANY (:route_ids))
ORDER BY pattern_id COLLATE "C";

-- name: list_brands
-- Who runs the routes of a feed, as its tables say. Params: source_id.
WITH place AS (
  SELECT f.name AS file, btrim(c.name) AS name, c.place::integer
  FROM source_file f
  CROSS JOIN LATERAL unnest(f.columns) WITH ORDINALITY AS c (name, place)
  WHERE f.source_id = :source_id AND f.name IN ('routes.txt', 'agency.txt')
)
SELECT r.cells[route.place] AS route_id, min(a.cells[called.place] COLLATE "C") AS name
FROM source_row r
JOIN place route ON (route.file, route.name) = ('routes.txt', 'route_id')
JOIN place run_by ON (run_by.file, run_by.name) = ('routes.txt', 'agency_id')
JOIN place agency ON (agency.file, agency.name) = ('agency.txt', 'agency_id')
JOIN place called ON (called.file, called.name) = ('agency.txt', 'agency_name')
JOIN source_row a ON a.source_id = r.source_id AND a.name = 'agency.txt'
  AND a.cells[agency.place] = r.cells[run_by.place]
WHERE r.source_id = :source_id AND r.name = 'routes.txt'
  AND r.cells[route.place] <> '' AND r.cells[run_by.place] <> '' AND a.cells[called.place] <> ''
GROUP BY 1
ORDER BY r.cells[route.place] COLLATE "C";

-- name: list_stop_places
-- Where the stops of some routes of a network are. Params: network_id, route_ids.
SELECT s.stop_id, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat, s.station_id, ARRAY(
  SELECT ps.pattern_id FROM pattern_stop ps WHERE ps.network_id = s.network_id AND ps.stop_id = s.stop_id
) AS patterns
FROM stop s
WHERE s.network_id = :network_id AND s.stop_id IN (
  SELECT ps.stop_id FROM pattern p JOIN pattern_stop ps USING (network_id, pattern_id)
  WHERE p.network_id = :network_id AND p.route_id = ANY (:route_ids)
)
ORDER BY s.stop_id COLLATE "C";

-- name: delete_covered
-- Leave out imported patterns whose way rides have shown, and routes of which none is left. Params: network_id, pattern_ids.
WITH covered AS (
  DELETE FROM pattern WHERE network_id = :network_id AND pattern_id = ANY (:pattern_ids)
)
DELETE FROM route r
WHERE r.network_id = :network_id AND r.runs = 0
  AND NOT EXISTS (
    SELECT FROM pattern p
    WHERE p.network_id = r.network_id AND p.route_id = r.route_id AND p.pattern_id <> ALL (:pattern_ids)
  );

-- name: mark_routes
-- Routes of rides that bear the id of an imported one come from its feed too, which names what nobody here has. Params: network_id, city_id.
UPDATE route r
SET source_id = f.source_id, short_name = coalesce(r.short_name, s.short_name), long_name = coalesce(r.long_name, s.long_name)
FROM source_feed f JOIN route s ON s.network_id = f.network_id
WHERE f.city_id = :city_id AND r.network_id = :network_id AND s.route_id = r.route_id;

-- name: mark_patterns
-- The same for patterns. Params: network_id, city_id.
UPDATE pattern p
SET source_id = f.source_id, headsign = coalesce(p.headsign, s.headsign)
FROM source_feed f JOIN pattern s ON s.network_id = f.network_id
WHERE f.city_id = :city_id AND p.network_id = :network_id AND s.pattern_id = p.pattern_id;

-- name: mark_stops
-- The same for stops. Params: network_id, city_id.
UPDATE stop t
SET source_id = f.source_id, name = coalesce(t.name, s.name)
FROM source_feed f JOIN stop s ON s.network_id = f.network_id
WHERE f.city_id = :city_id AND t.network_id = :network_id AND s.stop_id = t.stop_id;

-- name: mark_stations
-- The same for stations, of which the name is all there is. Params: network_id, city_id.
UPDATE station t
SET name = coalesce(t.name, s.name)
FROM source_feed f JOIN station s ON s.network_id = f.network_id
WHERE f.city_id = :city_id AND t.network_id = :network_id AND s.station_id = t.station_id;

-- name: mark_fares
-- Where no ride told the fare of such a route, its feed does: 0 observations. Params: network_id, city_id.
INSERT INTO fare (network_id, route_id, city_id, amount, low, high, currency, observations, people, first_seen, last_seen)
SELECT r.network_id, s.route_id, s.city_id, s.amount, s.low, s.high, s.currency, 0, NULL, s.first_seen, s.last_seen
FROM source_feed f
JOIN fare s ON s.network_id = f.network_id
JOIN route r ON r.network_id = :network_id AND r.route_id = s.route_id
WHERE f.city_id = :city_id
ON CONFLICT ON CONSTRAINT fare_pkey DO NOTHING;

-- name: list_sources
-- The feeds of a city, with how much of each is a candidate, is accepted, was improved by rides, was rejected. Params: city_id.
SELECT f.source_id, f.name, f.dated, f.licence, f.file_name, encode(f.sha256, 'hex') AS sha256, f.imported_at, f.imported_by,
       f.still_true_until, f.vouched_by,
       (SELECT count(*) FROM route WHERE network_id = f.network_id) AS routes,
       (SELECT count(*) FROM source_rejection WHERE source_id = f.source_id) AS rejected,
       count(r.route_id) FILTER (WHERE n.kind = 'candidate') AS candidates,
       count(r.route_id) FILTER (WHERE n.kind = 'accepted') AS accepted,
       coalesce(array_agg(r.route_id ORDER BY r.route_id COLLATE "C") FILTER (WHERE n.kind = 'accepted' AND r.runs > 0), '{}')
         AS improved
FROM source_feed f
LEFT JOIN (route r JOIN network n ON n.network_id = r.network_id AND n.kind IN ('candidate', 'accepted'))
  ON r.source_id = f.source_id
WHERE f.city_id = :city_id
GROUP BY f.source_id
ORDER BY f.source_id;

-- name: insert_rejections
-- Reject routes of a feed, all of them where none is named; those of which nothing was imported are passed over. Params: source_id, route_ids (null: all of them), actor.
INSERT INTO source_rejection (source_id, route_id, city_id, rejected_by)
SELECT f.source_id, r.route_id, f.city_id, :actor
FROM source_feed f JOIN route r ON r.network_id = f.network_id
WHERE f.source_id = :source_id AND (CAST(:route_ids AS text[]) IS NULL OR r.route_id = ANY (:route_ids))
ON CONFLICT ON CONSTRAINT source_rejection_pkey DO NOTHING
RETURNING route_id;

-- name: delete_rejected
-- Take rejected routes that no ride speaks for out of a network. Params: network_id, source_id.
DELETE FROM route r
USING source_rejection j
WHERE r.network_id = :network_id AND r.source_id = :source_id AND r.runs = 0
  AND j.source_id = r.source_id AND j.route_id = r.route_id;

-- name: mark_vouched
-- A person says that a feed still holds, up to a day. Params: city_id, source_id, until, actor.
UPDATE source_feed SET still_true_until = :until, vouched_by = :actor WHERE city_id = :city_id AND source_id = :source_id;

-- name: list_files
-- The files of a feed. Params: source_id.
SELECT name, columns, bytes FROM source_file WHERE source_id = :source_id ORDER BY name COLLATE "C";

-- name: list_rows
-- The rows of a file of a feed, in order. Params: source_id, name.
SELECT cells FROM source_row WHERE source_id = :source_id AND name = :name ORDER BY line;

-- name: find_holders
-- For each of some rows, sought by file, columns and values, the first of a city's feeds that has it, with the routes of that feed that nobody has rejected; a feed is read once for each column that leads. Params: city_id, sought (JSON: number, file, columns, values).
WITH sought AS MATERIALIZED (
  SELECT f.source_id, s.number, s.file, s.values,
         ARRAY(SELECT array_position(named.columns, c.name) FROM unnest(s.columns) WITH ORDINALITY AS c (name, at) ORDER BY c.at) AS places
  FROM jsonb_to_recordset(CAST(:sought AS jsonb)) AS s (number integer, file text, columns text[], values text[])
  JOIN source_feed f ON f.city_id = :city_id
  JOIN source_file t ON t.source_id = f.source_id AND t.name = s.file
  CROSS JOIN LATERAL (SELECT ARRAY(SELECT btrim(c) FROM unnest(t.columns) c) AS columns) named
), held AS (
  SELECT r.source_id, r.name AS file, lead.place, r.cells[lead.place] AS value, r.cells
  FROM (SELECT DISTINCT source_id, file, places[1] AS place FROM sought) lead
  JOIN source_row r ON r.source_id = lead.source_id AND r.name = lead.file
  OFFSET 0  -- so that what is sought is hashed, and no row is read again for each
), found AS (
  SELECT s.number, min(s.source_id) AS source_id
  FROM held h
  JOIN sought s ON (s.source_id, s.file, s.places[1], s.values[1]) = (h.source_id, h.file, h.place, h.value)
  WHERE NOT EXISTS (
    SELECT FROM unnest(s.places, s.values) AS told (place, value) WHERE coalesce(h.cells[told.place], '') <> told.value
  )
  GROUP BY s.number
)
SELECT found.number, f.source_id, f.name, ARRAY(
  SELECT route_id FROM route
  WHERE network_id = f.network_id
    AND NOT EXISTS (SELECT FROM source_rejection j WHERE j.source_id = f.source_id AND j.route_id = route.route_id)
  ORDER BY route_id COLLATE "C"
) AS routes
FROM found
JOIN source_feed f USING (source_id)
ORDER BY found.number;

-- name: list_carried
-- The feeds of which a network still holds something, improved or not, and whether they have ever been released beside routes of others, or such that rides improved: here or in a release before. Params: network_id.
SELECT f.source_id, f.network_id AS source_network, f.still_true_until, EXISTS (
  SELECT FROM network n JOIN route r USING (network_id)
  WHERE n.city_id = f.city_id AND n.network_id <= :network_id AND (n.kind = 'release' OR n.network_id = :network_id)
    AND (r.source_id IS DISTINCT FROM f.source_id OR r.runs > 0)
) AS was_beside
FROM source_feed f
WHERE EXISTS (SELECT FROM pattern p WHERE p.network_id = :network_id AND p.source_id = f.source_id)
ORDER BY f.source_id;

-- name: list_gone
-- What a feed was understood to have and a network does not have from it, by kind: trips whose pattern is gone or improved, routes, stops with stations; and routes whose fare rides have told. Params: network_id, source_id, source_network.
SELECT 'trip' AS kind, t.trip_id AS id
FROM source_trip t
WHERE t.source_id = :source_id AND NOT EXISTS (
  SELECT FROM pattern p
  WHERE p.network_id = :network_id AND p.pattern_id = t.pattern_id AND p.source_id = :source_id AND p.runs = 0
)
UNION ALL
SELECT 'route', r.route_id
FROM route r
WHERE r.network_id = :source_network
  AND NOT EXISTS (SELECT FROM route o WHERE o.network_id = :network_id AND o.route_id = r.route_id)
UNION ALL
SELECT 'stop', s.stop_id
FROM stop s
WHERE s.network_id = :source_network
  AND NOT EXISTS (SELECT FROM stop o WHERE o.network_id = :network_id AND o.stop_id = s.stop_id)
UNION ALL
SELECT 'stop', s.station_id
FROM station s
WHERE s.network_id = :source_network
  AND NOT EXISTS (SELECT FROM station o WHERE o.network_id = :network_id AND o.station_id = s.station_id)
UNION ALL
SELECT 'told_fare', f.route_id FROM fare f WHERE f.network_id = :network_id AND f.observations > 0;
