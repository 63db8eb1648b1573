-- What a release holds, for those who publish it. A pattern's shape is WKB in EPSG:4326; dates are local to the city.

-- name: get_release
-- A release with its city: the numbered one, or the newest that is published where :release_number is null. Params:
-- slug, release_number.
SELECT network.network_id, network.release_number, network.valid_from, city.slug AS city_slug, city.name AS city_name,
       city.timezone, city.language, city.synthetic, network.street_credit
FROM city
JOIN network USING (city_id)
WHERE city.slug = :slug
  AND network.kind = 'release'
  AND CASE WHEN CAST(:release_number AS integer) IS NULL THEN network.published_at IS NOT NULL
           ELSE network.release_number = :release_number END
ORDER BY network.release_number DESC
LIMIT 1;

-- name: list_routes
-- The routes of a network with their evidence. Params: network_id, timezone.
SELECT route_id, short_name, long_name, name_votes, runs, people,
       (first_seen AT TIME ZONE :timezone)::date AS first_seen,
       (last_seen AT TIME ZONE :timezone)::date AS last_seen, confidence
FROM route
WHERE network_id = :network_id
ORDER BY route_id COLLATE "C";

-- name: list_fares
-- The observed fares of a network's routes. Params: network_id, timezone.
SELECT route_id, amount, low, high, currency, observations, people, rush_surcharge,
       (first_seen AT TIME ZONE :timezone)::date AS first_seen,
       (last_seen AT TIME ZONE :timezone)::date AS last_seen
FROM fare
WHERE network_id = :network_id
ORDER BY route_id COLLATE "C";

-- name: list_stage_fares
-- The steps of the fares that grow with the way. Params: network_id.
SELECT route_id, from_m, amount, low, high, currency, observations, people
FROM stage_fare
WHERE network_id = :network_id
ORDER BY route_id COLLATE "C", from_m;

-- name: list_stops
-- The stops of a network with their evidence. Params: network_id, timezone.
SELECT s.stop_id, s.name, s.name_votes, ST_X(s.geom) AS lon, ST_Y(s.geom) AS lat, s.method, s.runs, s.people,
       (s.first_seen AT TIME ZONE :timezone)::date AS first_seen,
       (s.last_seen AT TIME ZONE :timezone)::date AS last_seen, s.confidence,
       s.station_id, t.name AS street_name, t.method AS street_method
FROM stop s
LEFT JOIN stop_street t USING (network_id, stop_id)
WHERE s.network_id = :network_id
ORDER BY s.stop_id COLLATE "C";

-- name: list_stations
-- The stations of a network. Params: network_id.
SELECT station_id, name, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM station
WHERE network_id = :network_id
ORDER BY station_id COLLATE "C";

-- name: list_hail_stretches
-- Where riders hail the vehicles of each pattern. Params: network_id.
SELECT pattern_id, from_m, to_m, halts, runs
FROM hail_stretch
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C", from_m;

-- name: list_stop_candidates
-- The places on each pattern that may be stops. Params: network_id.
SELECT pattern_id, dist_m, ST_X(geom) AS lon, ST_Y(geom) AS lat, runs, runs_past, probability
FROM stop_candidate
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C", dist_m;

-- name: list_patterns
-- The patterns of a network with their evidence. Params: network_id, timezone.
SELECT pattern_id, route_id, direction_id, headsign, ST_AsBinary(geom) AS shape_wkb, length_m, spread_m, day_types,
       runs, people,
       (first_seen AT TIME ZONE :timezone)::date AS first_seen,
       (last_seen AT TIME ZONE :timezone)::date AS last_seen, confidence, reason_code, reason
FROM pattern
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C";

-- name: list_pattern_stops
-- Each pattern's stops in order. Params: network_id.
SELECT pattern_id, stop_sequence, stop_id, dist_m
FROM pattern_stop
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C", stop_sequence;

-- name: list_running_times
-- Times from the stop before, by band. Params: network_id.
SELECT pattern_id, stop_sequence, band_start_s, band_end_s, seconds, standing_s, low_s, high_s, runs, people, method
FROM running_time
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C", stop_sequence, band_start_s, band_end_s;

-- name: list_headways
-- Each pattern's headways by band. Params: network_id.
SELECT pattern_id, band_start_s, band_end_s, headway_s, low_s, high_s, observations, people, cv, method
FROM headway
WHERE network_id = :network_id
ORDER BY pattern_id COLLATE "C", band_start_s;

-- name: list_service_points
-- The service points of a network. Their other columns stay here: they may name people. Params: network_id.
SELECT service_point_id, kind, name, ST_X(geom) AS lon, ST_Y(geom) AS lat
FROM service_point
WHERE network_id = :network_id
ORDER BY service_point_id COLLATE "C";
