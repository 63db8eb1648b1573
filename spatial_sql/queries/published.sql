-- What the public sees: cities and their releases. Days are local days of the city: the hour of a ride stays private.

-- name: list_cities
-- Every city, by name. Params: slug (null: all of them).
SELECT slug, name, timezone, currency, language, synthetic
FROM city
WHERE CAST(:slug AS text) IS NULL OR slug = :slug
ORDER BY name COLLATE "C", slug COLLATE "C";

-- name: list_releases
-- The releases of a city with their sizes, newest first; the box is that of the routes, or of the service points where there are none. Params: slug, number (null: all of them), most (how many), withheld (whether those as well that are not public).
SELECT n.network_id, n.release_number AS number, to_char(n.valid_from, 'YYYY.MM.DD') || '-' || n.release_number AS version,
       n.valid_from, pattern.valid_until, pattern.ends_first, n.note, n.fingerprint, n.published_at, n.published_by,
       n.publish_reason, n.vouched, n.street_credit AS credit, route.routes, route.runs, pattern.patterns, pattern.length_m, stop.stops, point.service_points,
       ST_XMin(shown.box) AS west, ST_YMin(shown.box) AS south, ST_XMax(shown.box) AS east, ST_YMax(shown.box) AS north
FROM network n
JOIN city c USING (city_id)
CROSS JOIN LATERAL (
  SELECT count(*) AS routes, coalesce(sum(runs), 0) AS runs FROM route WHERE network_id = n.network_id
) route
CROSS JOIN LATERAL (
  SELECT count(*) AS patterns, coalesce(sum(length_m::float), 0) AS length_m, ST_Extent(geom) AS box,
         max(valid_until) AS valid_until, min(valid_until) AS ends_first
  FROM pattern WHERE network_id = n.network_id
) pattern
CROSS JOIN LATERAL (SELECT count(*) AS stops FROM stop WHERE network_id = n.network_id) stop
CROSS JOIN LATERAL (
  SELECT count(*) AS service_points, ST_Extent(geom) AS box FROM service_point WHERE network_id = n.network_id
) point
CROSS JOIN LATERAL (SELECT coalesce(pattern.box, point.box) AS box) shown
WHERE c.slug = :slug AND n.kind = 'release' AND (:withheld OR n.published_at IS NOT NULL)
  AND (CAST(:number AS integer) IS NULL OR n.release_number = :number)
ORDER BY n.release_number DESC
LIMIT :most;

-- name: get_network_id
-- The network behind a published release, without its sizes: every tile asks. Params: slug, number.
SELECT n.network_id
FROM network n
JOIN city c USING (city_id)
WHERE c.slug = :slug AND n.published_at IS NOT NULL AND n.release_number = :number;

-- name: get_inbox_counts
-- What a city was sent and what became of it: one row. Params: slug.
SELECT count(*) AS received,
       count(*) FILTER (WHERE s.status = 'received') AS unread,
       count(*) FILTER (WHERE s.status = 'accepted') AS accepted,
       count(*) FILTER (WHERE s.status = 'quarantined') AS quarantined,
       count(*) FILTER (WHERE s.status = 'duplicate') AS duplicate
FROM submission s
JOIN city c USING (city_id)
WHERE c.slug = :slug;

-- name: list_routes
-- The routes of a network, by name as people would order them. Params: network_id, route_id (null: all of them).
SELECT r.route_id, r.short_name, r.long_name, r.runs, r.people, r.confidence,
       (r.first_seen AT TIME ZONE c.timezone)::date AS first_seen,
       (r.last_seen AT TIME ZONE c.timezone)::date AS last_seen,
       p.directions, p.length_m, p.west, p.south, p.east, p.north,
       f.amount, f.low, f.high, f.currency, f.observations, f.people AS fare_people, f.rush_surcharge,
       (f.first_seen AT TIME ZONE c.timezone)::date AS fare_first_seen,
       (f.last_seen AT TIME ZONE c.timezone)::date AS fare_last_seen,
       o.name AS source, o.dated AS source_date
FROM route r
JOIN city c USING (city_id)
LEFT JOIN source_feed o ON o.source_id = r.source_id
CROSS JOIN LATERAL (
  SELECT count(DISTINCT direction_id) AS directions, max(length_m) AS length_m,
         ST_XMin(ST_Extent(geom)) AS west, ST_YMin(ST_Extent(geom)) AS south,
         ST_XMax(ST_Extent(geom)) AS east, ST_YMax(ST_Extent(geom)) AS north
  FROM pattern WHERE network_id = r.network_id AND route_id = r.route_id
) p
LEFT JOIN fare f ON f.network_id = r.network_id AND f.route_id = r.route_id
WHERE r.network_id = :network_id AND (CAST(:route_id AS text) IS NULL OR r.route_id = :route_id)
ORDER BY substring(r.short_name FROM '^\d{1,9}')::integer NULLS LAST, r.short_name COLLATE "C" NULLS LAST,
         r.long_name COLLATE "C", r.route_id COLLATE "C";

-- name: list_patterns
-- The patterns of a route, direction by direction, the best known first. Params: network_id, route_id.
SELECT p.pattern_id, p.direction_id, p.headsign, p.length_m, p.spread_m, p.runs, p.people, p.day_types, p.confidence,
       p.signs, p.reason_code, p.reason,
       (p.first_seen AT TIME ZONE c.timezone)::date AS first_seen,
       (p.last_seen AT TIME ZONE c.timezone)::date AS last_seen,
       ST_AsGeoJSON(p.geom, 6)::json AS geometry, o.name AS source, o.dated AS source_date
FROM pattern p
JOIN city c USING (city_id)
LEFT JOIN source_feed o ON o.source_id = p.source_id
WHERE p.network_id = :network_id AND p.route_id = :route_id
ORDER BY p.direction_id, p.runs DESC, p.pattern_id COLLATE "C";

-- name: list_pattern_stops
-- The stops of a route's patterns, in order, each with the whole-day seconds from the stop before; one that nobody
-- named is called after the crossing at which it lies.
-- Params: network_id, route_id.
SELECT ps.pattern_id, ps.stop_sequence, ps.stop_id, coalesce(s.name, c.name) AS name, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat,
       ps.dist_m, ps.runs, ps.runs_past, ps.confidence, t.seconds AS from_previous_s
FROM pattern_stop ps
JOIN pattern p USING (network_id, pattern_id)
JOIN stop s USING (network_id, stop_id)
LEFT JOIN stop_street c ON c.network_id = s.network_id AND c.stop_id = s.stop_id AND c.method = 'crossing'
LEFT JOIN running_time t
  ON t.network_id = ps.network_id AND t.pattern_id = ps.pattern_id AND t.stop_sequence = ps.stop_sequence
     AND t.band_start_s = 0 AND t.band_end_s = 86400
WHERE ps.network_id = :network_id AND p.route_id = :route_id
ORDER BY ps.pattern_id COLLATE "C", ps.stop_sequence;

-- name: list_hail_stretches
-- Where riders hail the vehicles of a route's patterns. Params: network_id, route_id.
SELECT h.pattern_id, h.from_m, h.to_m, h.halts, h.runs
FROM hail_stretch h
JOIN pattern p USING (network_id, pattern_id)
WHERE h.network_id = :network_id AND p.route_id = :route_id
ORDER BY h.pattern_id COLLATE "C", h.from_m;

-- name: list_stop_candidates
-- The places on a route's patterns that may be stops. Params: network_id, route_id.
SELECT s.pattern_id, s.dist_m, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat, s.runs, s.runs_past, s.probability
FROM stop_candidate s
JOIN pattern p USING (network_id, pattern_id)
WHERE s.network_id = :network_id AND p.route_id = :route_id
ORDER BY s.pattern_id COLLATE "C", s.dist_m;

-- name: list_ride_times
-- How long a route's patterns take from end to end, in each band whose every section has a time.
-- runs, people: of the least measured section; 0 and null where a section is estimated. Params: network_id, route_id.
SELECT t.pattern_id, t.band_start_s, t.band_end_s, sum(t.seconds)::float AS seconds, min(t.runs) AS runs,
       nullif(min(coalesce(t.people, 0)), 0) AS people
FROM running_time t
JOIN pattern p USING (network_id, pattern_id)
JOIN LATERAL (
  SELECT count(*) - 1 AS sections FROM pattern_stop WHERE network_id = t.network_id AND pattern_id = t.pattern_id
) s ON true
WHERE t.network_id = :network_id AND p.route_id = :route_id
GROUP BY t.pattern_id, t.band_start_s, t.band_end_s, s.sections
HAVING count(*) = s.sections
ORDER BY t.pattern_id COLLATE "C", t.band_start_s, t.band_end_s DESC;

-- name: list_headways
-- The headways of a route's patterns, band by band. Params: network_id, route_id.
SELECT h.pattern_id, h.band_start_s, h.band_end_s, h.headway_s, h.low_s, h.high_s, h.observations,
       h.people, h.cv, h.method
FROM headway h
JOIN pattern p USING (network_id, pattern_id)
WHERE h.network_id = :network_id AND p.route_id = :route_id
ORDER BY h.pattern_id COLLATE "C", h.band_start_s;

-- name: list_loads
-- How full the vehicles of a route's patterns are, and who gets on and off, the day before its bands. Params: network_id, route_id.
SELECT l.pattern_id, l.stop_sequence, l.band_start_s, l.band_end_s, l.seats, l.seats_low, l.seats_high, l.seats_runs,
       l.boarded, l.boarded_low, l.boarded_high, l.alighted, l.alighted_low, l.alighted_high, l.counted_runs, l.people
FROM load l
JOIN pattern p USING (network_id, pattern_id)
WHERE l.network_id = :network_id AND p.route_id = :route_id
ORDER BY l.pattern_id COLLATE "C", l.band_start_s, l.band_end_s DESC, l.stop_sequence;

-- name: list_stage_fares
-- The steps of a route's fare where it grows with the way. Params: network_id, route_id.
SELECT from_m, amount::float AS amount, low::float AS low, high::float AS high, currency, observations, people
FROM stage_fare
WHERE network_id = :network_id AND route_id = :route_id
ORDER BY from_m;

-- name: list_stops
-- The stops of a network and the routes that serve each; one that nobody named is called after the crossing at which it lies. Params: network_id, stop_id (null: all of them).
SELECT s.stop_id, coalesce(s.name, x.name) AS name, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat, s.method, s.runs, s.people,
       s.confidence,
       (s.first_seen AT TIME ZONE c.timezone)::date AS first_seen,
       (s.last_seen AT TIME ZONE c.timezone)::date AS last_seen,
       ARRAY(
         SELECT DISTINCT p.route_id COLLATE "C" AS route_id
         FROM pattern_stop ps JOIN pattern p USING (network_id, pattern_id)
         WHERE ps.network_id = s.network_id AND ps.stop_id = s.stop_id
         ORDER BY route_id
       ) AS route_ids,
       s.station_id, a.name AS station_name,
       ARRAY(
         SELECT o.stop_id FROM stop o
         WHERE o.network_id = s.network_id AND o.station_id = s.station_id AND o.stop_id <> s.stop_id
         ORDER BY o.stop_id COLLATE "C"
       ) AS station_stop_ids,
       f.name AS source, f.dated AS source_date
FROM stop s
JOIN city c USING (city_id)
LEFT JOIN station a USING (network_id, station_id)
LEFT JOIN stop_street x ON x.network_id = s.network_id AND x.stop_id = s.stop_id AND x.method = 'crossing'
LEFT JOIN source_feed f ON f.source_id = s.source_id
WHERE s.network_id = :network_id AND (CAST(:stop_id AS text) IS NULL OR s.stop_id = :stop_id)
ORDER BY s.stop_id COLLATE "C";

-- name: list_service_points
-- The service points of a network. Their other columns stay where they came from: some tables name people there.
-- Params: network_id.
SELECT service_point_id, kind, name, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM service_point
WHERE network_id = :network_id
ORDER BY service_point_id COLLATE "C";

-- name: get_tile
-- The bytes of one vector tile, empty where nothing lies in it. Params: network_id, z, x, y.
SELECT map_tile(:network_id, :z, :x, :y) AS tile;
