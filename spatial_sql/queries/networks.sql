-- name: get_network
-- A city's candidate or accepted network. Params: city_id, kind.
SELECT network_id, fingerprint FROM network WHERE city_id = :city_id AND kind = CAST(:kind AS network_kind);

-- name: get_last_release
-- A city's newest release, published or withheld. Params: city_id.
SELECT network_id, release_number, fingerprint, valid_from, published_at, vouched
FROM network
WHERE city_id = :city_id AND kind = 'release'
ORDER BY release_number DESC
LIMIT 1;

-- name: get_newest_release
-- A city's newest published release. Params: city_id.
SELECT network_id, release_number, fingerprint, valid_from, published_at, vouched
FROM network
WHERE city_id = :city_id AND published_at IS NOT NULL
ORDER BY release_number DESC
LIMIT 1;

-- name: get_release
-- One release of a city by its number. Params: city_id, release_number.
SELECT network_id, release_number, fingerprint, valid_from, published_at, vouched
FROM network
WHERE city_id = :city_id AND release_number = :release_number;

-- name: delete_routes
-- Empty a network of its routes, and of all that hangs on them. Params: network_id.
DELETE FROM route WHERE network_id = :network_id;

-- name: delete_stops
-- Empty a network of its stops. Params: network_id.
DELETE FROM stop WHERE network_id = :network_id;

-- name: mark_network
-- Say what a network was made from. Params: network_id, fingerprint.
UPDATE network SET fingerprint = :fingerprint, created_at = now() WHERE network_id = :network_id;

-- name: list_pattern_runs
-- Which runs fully rode each pattern of a network, none of one that was imported. Params: network_id.
SELECT p.pattern_id, p.route_id, ARRAY(
  SELECT pr.run_id FROM pattern_run pr
  WHERE pr.network_id = p.network_id AND pr.pattern_id = p.pattern_id AND pr.role = 'full'
  ORDER BY pr.run_id
) AS runs
FROM pattern p
WHERE p.network_id = :network_id
ORDER BY p.pattern_id COLLATE "C";

-- name: list_stop_places
-- Where the stops of a network are, and which patterns serve them. Params: network_id.
SELECT stop_id, ST_X(geom) AS lon, ST_Y(geom) AS lat, station_id, ARRAY(
  SELECT ps.pattern_id FROM pattern_stop ps WHERE ps.network_id = stop.network_id AND ps.stop_id = stop.stop_id
) AS patterns
FROM stop
WHERE network_id = :network_id
ORDER BY stop_id COLLATE "C";

-- name: list_candidates
-- The routes of a candidate network. Params: network_id.
SELECT r.route_id, r.short_name, r.long_name, r.runs, r.people, r.confidence, f.name AS source, f.dated AS source_date
FROM route r
LEFT JOIN source_feed f USING (source_id)
WHERE r.network_id = :network_id
ORDER BY r.route_id COLLATE "C";

-- name: list_candidate_patterns
-- The patterns of a candidate network, each with how it stands to what was accepted: new, another line, other stops, or the same. Params: network_id, accepted_id.
SELECT p.route_id, p.pattern_id, p.direction_id, p.confidence, p.length_m / 1000 AS km, p.runs,
       cardinality(p.stop_ids) AS stops, p.signs, p.reason_code, p.reason,
       CASE WHEN a.pattern_id IS NULL THEN 'new'
            WHEN NOT ST_OrderingEquals(a.geom, p.geom) THEN 'line'
            WHEN a.stop_ids <> p.stop_ids THEN 'stops'
            ELSE 'same' END AS news
FROM (
  SELECT pattern.*, ARRAY(
    SELECT stop_id FROM pattern_stop ps
    WHERE ps.network_id = pattern.network_id AND ps.pattern_id = pattern.pattern_id ORDER BY stop_sequence
  ) AS stop_ids
  FROM pattern
) AS p
LEFT JOIN (
  SELECT pattern_id, geom, ARRAY(
    SELECT stop_id FROM pattern_stop ps
    WHERE ps.network_id = pattern.network_id AND ps.pattern_id = pattern.pattern_id ORDER BY stop_sequence
  ) AS stop_ids
  FROM pattern WHERE network_id = :accepted_id
) AS a USING (pattern_id)
WHERE p.network_id = :network_id
ORDER BY p.route_id COLLATE "C", p.direction_id, p.pattern_id COLLATE "C";

-- name: mint_ids
-- Take the next :n public numbers of a kind, never to be used again; returns the last one taken. Params: city_id, kind, n.
INSERT INTO minted_id (city_id, kind, last)
VALUES (:city_id, :kind, :n)
ON CONFLICT ON CONSTRAINT minted_id_pkey DO UPDATE SET last = minted_id.last + excluded.last
RETURNING last;

-- name: delete_replaced
-- Make room in the accepted network for newer candidates: the same routes, and patterns that have changed their route. Params: source, target, route_ids.
WITH moved AS (
  DELETE FROM pattern t
  USING pattern s
  WHERE t.network_id = :target AND s.network_id = :source AND s.pattern_id = t.pattern_id
    AND s.route_id = ANY (:route_ids) AND t.route_id <> ALL (:route_ids)
)
DELETE FROM route WHERE network_id = :target AND route_id = ANY (:route_ids);

-- name: delete_given_up
-- Retire accepted routes that inference no longer finds: they have no pattern left, or all their rides now belong to other accepted routes. Params: source, target.
DELETE FROM route r
WHERE r.network_id = :target
  AND NOT EXISTS (SELECT FROM route c WHERE c.network_id = :source AND c.route_id = r.route_id)
  AND NOT EXISTS (
    SELECT FROM pattern p JOIN pattern_run pr USING (network_id, pattern_id)
    WHERE p.network_id = :target AND p.route_id = r.route_id AND pr.role = 'full'
      AND NOT EXISTS (
        SELECT FROM pattern_run o JOIN pattern op USING (network_id, pattern_id)
        WHERE o.network_id = :target AND o.run_id = pr.run_id AND op.route_id <> r.route_id
      )
  )
RETURNING route_id;

-- name: copy_stations
-- Bring the stations to which the stops of some routes belong. Params: source, target, route_ids.
INSERT INTO station
SELECT DISTINCT CAST(:target AS integer), a.station_id, a.city_id, a.name, a.geom
FROM station a
JOIN stop s USING (network_id, station_id)
JOIN pattern_stop ps USING (network_id, stop_id)
JOIN pattern p USING (network_id, pattern_id)
WHERE a.network_id = :source AND p.route_id = ANY (:route_ids)
ON CONFLICT ON CONSTRAINT station_pkey DO UPDATE SET name = excluded.name, geom = excluded.geom;

-- name: copy_stops
-- Bring the stops that some routes need from one network to another; newer evidence replaces older. Params: source, target, route_ids.
INSERT INTO stop (network_id, stop_id, city_id, name, name_votes, geom, method, runs, people, first_seen, last_seen, confidence,
                  station_id, source_id)
SELECT :target, s.stop_id, s.city_id, s.name, s.name_votes, s.geom, s.method, s.runs, s.people, s.first_seen, s.last_seen,
       s.confidence, s.station_id, s.source_id
FROM stop s
WHERE s.network_id = :source AND s.stop_id IN (
  SELECT ps.stop_id
  FROM pattern p JOIN pattern_stop ps USING (network_id, pattern_id)
  WHERE p.network_id = :source AND p.route_id = ANY (:route_ids)
)
ON CONFLICT ON CONSTRAINT stop_pkey DO UPDATE
SET name = excluded.name, name_votes = excluded.name_votes, geom = excluded.geom, method = excluded.method,
    runs = excluded.runs, people = excluded.people, first_seen = excluded.first_seen, last_seen = excluded.last_seen,
    confidence = excluded.confidence, station_id = excluded.station_id, source_id = excluded.source_id;

-- name: copy_routes
-- Copy routes from one network to another. Params: source, target, route_ids.
INSERT INTO route (network_id, route_id, city_id, short_name, long_name, name_votes, runs, people, first_seen, last_seen,
                   confidence, source_id)
SELECT :target, route_id, city_id, short_name, long_name, name_votes, runs, people, first_seen, last_seen, confidence, source_id
FROM route WHERE network_id = :source AND route_id = ANY (:route_ids);

-- name: copy_patterns
-- Copy the patterns of routes from one network to another. Params: source, target, route_ids.
INSERT INTO pattern (network_id, pattern_id, city_id, route_id, direction_id, headsign, geom, length_m, spread_m, runs, people,
                     first_seen, last_seen, day_types, confidence, reason_code, reason, signs, source_id)
SELECT :target, pattern_id, city_id, route_id, direction_id, headsign, geom, length_m, spread_m, runs, people, first_seen,
       last_seen, day_types, confidence, reason_code, reason, signs, source_id
FROM pattern WHERE network_id = :source AND route_id = ANY (:route_ids);

-- name: copy_pattern_stops
-- Copy the stop lists of the patterns of routes. Params: source, target, route_ids.
INSERT INTO pattern_stop
SELECT :target, ps.pattern_id, ps.stop_sequence, ps.city_id, ps.stop_id, ps.dist_m, ps.runs, ps.runs_past, ps.confidence
FROM pattern_stop ps JOIN pattern p USING (network_id, pattern_id)
WHERE ps.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_running_times
-- Copy the running times of the patterns of routes. Params: source, target, route_ids.
INSERT INTO running_time
SELECT :target, t.pattern_id, t.stop_sequence, t.band_start_s, t.band_end_s, t.city_id, t.seconds, t.runs, t.standing_s,
       t.low_s, t.high_s, t.people, t.method
FROM running_time t JOIN pattern p USING (network_id, pattern_id)
WHERE t.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_headways
-- Copy the headways of the patterns of routes. Params: source, target, route_ids.
INSERT INTO headway
SELECT :target, h.pattern_id, h.band_start_s, h.band_end_s, h.city_id, h.headway_s, h.low_s, h.high_s, h.observations, h.method,
       h.people, h.cv
FROM headway h JOIN pattern p USING (network_id, pattern_id)
WHERE h.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_fares
-- Copy the fares of routes. Params: source, target, route_ids.
INSERT INTO fare
SELECT :target, route_id, city_id, amount, low, high, currency, observations, people, first_seen, last_seen, rush_surcharge
FROM fare WHERE network_id = :source AND route_id = ANY (:route_ids);

-- name: copy_stage_fares
-- Copy the steps of the fares of routes. Params: source, target, route_ids.
INSERT INTO stage_fare
SELECT :target, route_id, from_m, city_id, amount, low, high, currency, observations, people
FROM stage_fare WHERE network_id = :source AND route_id = ANY (:route_ids);

-- name: copy_pattern_runs
-- Copy which runs the patterns of routes rest on. Params: source, target, route_ids.
INSERT INTO pattern_run
SELECT :target, pr.pattern_id, pr.run_id, pr.city_id, pr.role, pr.share_of_run
FROM pattern_run pr JOIN pattern p USING (network_id, pattern_id)
WHERE pr.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_hail_stretches
-- Copy where riders hail the vehicles of routes. Params: source, target, route_ids.
INSERT INTO hail_stretch
SELECT :target, h.pattern_id, h.from_m, h.to_m, h.city_id, h.halts, h.runs
FROM hail_stretch h JOIN pattern p USING (network_id, pattern_id)
WHERE h.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_stop_candidates
-- Copy the places on the patterns of routes that may be stops. Params: source, target, route_ids.
INSERT INTO stop_candidate
SELECT :target, c.pattern_id, c.dist_m, c.city_id, c.geom, c.runs, c.runs_past, c.probability
FROM stop_candidate c JOIN pattern p USING (network_id, pattern_id)
WHERE c.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_loads
-- Copy how full the vehicles of routes are. Params: source, target, route_ids.
INSERT INTO load
SELECT :target, l.pattern_id, l.stop_sequence, l.band_start_s, l.band_end_s, l.city_id, l.seats, l.seats_low, l.seats_high,
       l.seats_runs, l.boarded, l.boarded_low, l.boarded_high, l.alighted, l.alighted_low, l.alighted_high, l.counted_runs, l.people
FROM load l JOIN pattern p USING (network_id, pattern_id)
WHERE l.network_id = :source AND p.route_id = ANY (:route_ids);

-- name: copy_service_points
-- Copy the service points of a network that have public ids and are not there yet. Params: source, target.
INSERT INTO service_point
SELECT :target, service_point_id, city_id, submission_id, source_id, source_row, kind, name, geom, properties
FROM service_point
WHERE network_id = :source AND service_point_id NOT LIKE '~%'
ON CONFLICT ON CONSTRAINT service_point_pkey DO NOTHING;

-- name: copy_agencies
-- Copy the agencies of a network, and which routes they run. Params: source, target.
WITH copied AS (
  INSERT INTO agency
  SELECT :target, agency_id, city_id, name, url, phone, email, cash_only FROM agency WHERE network_id = :source
)
INSERT INTO agency_route
SELECT :target, route_id, city_id, agency_id FROM agency_route WHERE network_id = :source;

-- name: copy_name_translations
-- Copy what names of a network are in other languages. Params: source, target.
INSERT INTO name_translation
SELECT :target, language, name, city_id, translation FROM name_translation WHERE network_id = :source;

-- name: copy_booked_services
-- Copy the booked services of a network, after its agencies. Params: source, target.
INSERT INTO booked_service
SELECT :target, booked_id, city_id, name, agency_id, geom, phone, url, day_types, start_s, end_s, notice_min, notice_days,
       book_until_s
FROM booked_service WHERE network_id = :source;

-- name: delete_unused_stops
-- Drop the stops of a network that no pattern serves any more. Params: network_id.
DELETE FROM stop s
WHERE s.network_id = :network_id
  AND NOT EXISTS (SELECT FROM pattern_stop ps WHERE ps.network_id = s.network_id AND ps.stop_id = s.stop_id);

-- name: delete_unused_stations
-- Drop the stations of a network to which no stop belongs any more. Params: network_id.
DELETE FROM station a
WHERE a.network_id = :network_id
  AND NOT EXISTS (SELECT FROM stop s WHERE s.network_id = a.network_id AND s.station_id = a.station_id);

-- name: list_route_ids
-- The routes of a network. Params: network_id.
SELECT route_id FROM route WHERE network_id = :network_id ORDER BY route_id COLLATE "C";

-- name: insert_release
-- A new release, numbered after the last; nobody sees it before it is published. Params: city_id, valid_from, note, fingerprint, vouched.
INSERT INTO network (city_id, kind, release_number, valid_from, note, fingerprint, vouched, street_credit)
SELECT :city_id, 'release', coalesce(max(release_number), 0) + 1, :valid_from, :note, :fingerprint, :vouched,
       (SELECT nullif(attribution, '') FROM street_network WHERE city_id = :city_id)
FROM network WHERE city_id = :city_id
RETURNING network_id, release_number;

-- name: insert_review
-- Write down a decision. Params: city_id, route_id, action, actor.
INSERT INTO review (city_id, route_id, action, actor) VALUES (:city_id, :route_id, :action, :actor);

-- name: count_network
-- How much a network holds. Params: network_id.
SELECT (SELECT count(*) FROM route WHERE network_id = :network_id) AS routes,
       (SELECT count(*) FROM pattern WHERE network_id = :network_id) AS patterns,
       (SELECT count(*) FROM stop WHERE network_id = :network_id) AS stops,
       (SELECT count(*) FROM service_point WHERE network_id = :network_id) AS service_points,
       (SELECT round((coalesce(sum(length_m::float), 0) / 1000)::numeric, 1)::float FROM pattern WHERE network_id = :network_id) AS km;

-- name: get_network_digest
-- A digest over all rows of a network, the same for equal content in whatever order it was written. Params: network_id.
SELECT encode(sha256(convert_to(coalesce(string_agg(line, E'\n' ORDER BY line COLLATE "C"), ''), 'UTF8')), 'hex') AS digest
FROM (
  SELECT 'route' || (to_jsonb(t) - 'network_id')::text AS line FROM route t WHERE network_id = :network_id
  UNION ALL SELECT 'stop' || (to_jsonb(t) - 'network_id')::text FROM stop t WHERE network_id = :network_id
  UNION ALL SELECT 'pattern' || (to_jsonb(t) - ARRAY['network_id', 'valid_until'])::text FROM pattern t WHERE network_id = :network_id
  UNION ALL SELECT 'pattern_stop' || (to_jsonb(t) - 'network_id')::text FROM pattern_stop t WHERE network_id = :network_id
  UNION ALL SELECT 'running_time' || (to_jsonb(t) - 'network_id')::text FROM running_time t WHERE network_id = :network_id
  UNION ALL SELECT 'headway' || (to_jsonb(t) - 'network_id')::text FROM headway t WHERE network_id = :network_id
  UNION ALL SELECT 'fare' || (to_jsonb(t) - 'network_id')::text FROM fare t WHERE network_id = :network_id
  UNION ALL SELECT 'station' || (to_jsonb(t) - 'network_id')::text FROM station t WHERE network_id = :network_id
  UNION ALL SELECT 'hail_stretch' || (to_jsonb(t) - 'network_id')::text FROM hail_stretch t WHERE network_id = :network_id
  UNION ALL SELECT 'stop_candidate' || (to_jsonb(t) - 'network_id')::text FROM stop_candidate t WHERE network_id = :network_id
  UNION ALL SELECT 'stage_fare' || (to_jsonb(t) - 'network_id')::text FROM stage_fare t WHERE network_id = :network_id
  UNION ALL SELECT 'load' || (to_jsonb(t) - 'network_id')::text FROM load t WHERE network_id = :network_id
  UNION ALL SELECT 'chosen_name' || (to_jsonb(t) - 'network_id' - 'actor' - 'at')::text FROM chosen_name t WHERE network_id = :network_id
  UNION ALL SELECT 'service_point' || (to_jsonb(t) - 'network_id')::text FROM service_point t WHERE network_id = :network_id
  UNION ALL SELECT 'agency' || (to_jsonb(t) - 'network_id')::text FROM agency t WHERE network_id = :network_id
  UNION ALL SELECT 'agency_route' || (to_jsonb(t) - 'network_id')::text FROM agency_route t WHERE network_id = :network_id
  UNION ALL SELECT 'name_translation' || (to_jsonb(t) - 'network_id')::text FROM name_translation t WHERE network_id = :network_id
  UNION ALL SELECT 'booked_service' || (to_jsonb(t) - 'network_id')::text FROM booked_service t WHERE network_id = :network_id
  UNION ALL SELECT 'settings' || jsonb_build_array(publisher_name, contact_email, contact_url, licence, country, surveyed_once, city.holidays)::text
  FROM city JOIN network USING (city_id) WHERE network_id = :network_id
  UNION ALL SELECT 'source' || jsonb_build_array(source_id, still_true_until, licence)::text
  FROM source_feed f WHERE EXISTS (SELECT FROM route r WHERE r.network_id = :network_id AND r.source_id = f.source_id)
) AS lines;

-- name: rename_route
-- Give a route its public id; what hangs on it follows. Params: network_id, old, new.
UPDATE route SET route_id = :new WHERE network_id = :network_id AND route_id = :old;

-- name: rename_pattern
-- Give a pattern its public id; what hangs on it follows. Params: network_id, old, new.
UPDATE pattern SET pattern_id = :new WHERE network_id = :network_id AND pattern_id = :old;

-- name: rename_stop
-- Give a stop its public id; what hangs on it follows. Params: network_id, old, new.
UPDATE stop SET stop_id = :new WHERE network_id = :network_id AND stop_id = :old;

-- name: rename_station
-- Give a station its public id; its stops follow. Params: network_id, old, new.
UPDATE station SET station_id = :new WHERE network_id = :network_id AND station_id = :old;

-- name: list_acceptable
-- Routes of a candidate network that a trip planner could use and that are trusted enough. Params: network_id, min_confidence.
SELECT r.route_id
FROM route r
WHERE r.network_id = :network_id AND r.confidence >= :min_confidence
  AND EXISTS (SELECT FROM pattern p WHERE p.network_id = r.network_id AND p.route_id = r.route_id)
  AND NOT EXISTS (
    SELECT FROM pattern p
    WHERE p.network_id = r.network_id AND p.route_id = r.route_id
      AND (SELECT count(*) FROM pattern_stop ps WHERE ps.network_id = p.network_id AND ps.pattern_id = p.pattern_id) < 2
  )
ORDER BY r.route_id COLLATE "C";

-- name: list_ids_of_routes
-- The ids that hang on some routes of a network: patterns, stops and stations. Params: network_id, route_ids.
SELECT 'pattern' AS kind, pattern_id AS id FROM pattern WHERE network_id = :network_id AND route_id = ANY (:route_ids)
UNION
SELECT 'stop', ps.stop_id
FROM pattern_stop ps JOIN pattern p USING (network_id, pattern_id)
WHERE ps.network_id = :network_id AND p.route_id = ANY (:route_ids)
UNION
SELECT 'station', s.station_id
FROM stop s JOIN pattern_stop ps USING (network_id, stop_id) JOIN pattern p USING (network_id, pattern_id)
WHERE s.network_id = :network_id AND p.route_id = ANY (:route_ids) AND s.station_id IS NOT NULL;

-- name: get_input_digest
-- A digest over what inference reads: the runs of accepted submissions with the weight of their votes, what forms say of them, what the hints claim of their files, the feeds imported, and the numbers of lines that people chose where there are such. Params: city_id.
SELECT encode(sha256(convert_to(
  coalesce((
    SELECT string_agg(concat_ws(':', r.submission_id, r.part, r.length_m, j.weight), ',' ORDER BY r.submission_id, r.part)
    FROM run r JOIN submission s USING (submission_id) LEFT JOIN judgement j ON j.submission_id = s.submission_id AND s.released_at IS NULL
    WHERE r.city_id = :city_id AND s.status = 'accepted'
  ), '') || '/' || coalesce((
    SELECT string_agg(a.inbox_id || ':' || md5(c::text), ',' ORDER BY a.arrival_id)
    FROM arrival a JOIN claim c USING (city_id, file_key)
    WHERE a.city_id = :city_id
  ), '') || '/' || coalesce((
    SELECT string_agg(concat_ws(':', r.ride_id, r.kind, r.at, ST_AsEWKT(r.geom), r.name, r.amount, r.wait_s, r.occupancy, r.cancelled, r.details), ','
                      ORDER BY r.ride_id, r.submission_id, r.waypoint, r.report_id)
    FROM report r JOIN submission s USING (submission_id)
    WHERE r.city_id = :city_id AND r.ride_id IS NOT NULL AND s.status = 'accepted'
  ), '') || '/' || coalesce((
    SELECT string_agg(f.source_id || ':' || (SELECT count(*) FROM source_rejection j WHERE j.source_id = f.source_id), ',' ORDER BY f.source_id)
    FROM source_feed f WHERE f.city_id = :city_id
  ), '') || coalesce((
    SELECT '/' || string_agg(c.element_id || ':' || c.name, ',' ORDER BY c.element_id COLLATE "C")
    FROM chosen_name c JOIN network n USING (network_id)
    WHERE n.city_id = :city_id AND n.kind = 'accepted' AND c.kind = 'route' AND c.field = 'short_name'
      AND EXISTS (SELECT FROM source_feed f WHERE f.city_id = :city_id)
  ), '') || '/' || (SELECT coalesce(srid, 0) FROM city WHERE city_id = :city_id), 'UTF8')), 'hex') AS digest;

-- name: rename_service_point
-- Give a service point its public id. Params: network_id, old, new.
UPDATE service_point SET service_point_id = :new WHERE network_id = :network_id AND service_point_id = :old;

-- name: list_unminted_service_points
-- Service points that still have provisional ids, in the order in which they came. Params: network_id.
SELECT service_point_id
FROM service_point
WHERE network_id = :network_id AND service_point_id LIKE '~%'
ORDER BY submission_id, source_row;

-- name: analyze_networks
-- Let the planner know what has just been written: it takes a fresh network for one row, and joins a city's stops one by one.
ANALYZE route, pattern, pattern_stop, stop, station, running_time, headway, pattern_run, load;
