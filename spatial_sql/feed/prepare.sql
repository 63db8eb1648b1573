-- What all files of a feed are selected from: tables of one release that no commit keeps, made in this order. What a
-- trip planner cannot use (a pattern without a headway or a second stop, and what only it touches) is not in them.

-- name: session
-- The tables stand in a schema of this transaction's own, which nobody else sees and no commit keeps: of temporary tables only one processor may read. Work is shared where a city is so large that it pays, and never by who puts the rows together. Clock times are written by the server's own style; a few sorts and joins of a large city are worth some memory.
DO $$
BEGIN
  EXECUTE format('CREATE SCHEMA feed_%s', pg_backend_pid());
  PERFORM set_config('search_path', format('feed_%s, %s', pg_backend_pid(), current_setting('search_path')), TRUE);
  PERFORM set_config('IntervalStyle', 'postgres', TRUE), set_config('work_mem', '64MB', TRUE);
  PERFORM set_config('min_parallel_table_scan_size', '128kB', TRUE), set_config('min_parallel_index_scan_size', '32kB', TRUE);
  PERFORM set_config('parallel_tuple_cost', '0', TRUE), set_config('parallel_leader_participation', 'off', TRUE);
END
$$;

-- name: about
-- The release, its city and its publisher. Params: network_id, text_language, publisher_name, publisher_url.
CREATE UNLOGGED TABLE feed_about AS
SELECT n.network_id, city_id, c.slug AS city_slug, gtfs_name(c.name) AS city_name, c.timezone, c.language,
       CAST(:text_language AS text) AS text_language, c.currency, c.synthetic, n.release_number, n.valid_from,
       CAST(NULL AS date) AS valid_until,
       to_char(n.valid_from, 'YYYY.MM.DD') || '-' || n.release_number AS feed_version,
       gtfs_name(coalesce(c.publisher_name, :publisher_name)) AS publisher_name, CAST(:publisher_url AS text) AS publisher_url,
       c.contact_email, coalesce(c.contact_url, :publisher_url) AS contact_url, c.surveyed_once,
       gtfs_name(n.street_credit) AS street_credit
FROM network n JOIN city c USING (city_id)
WHERE n.network_id = :network_id;

-- name: text
-- The sentences that nobody said, in every language. Params: texts.
CREATE UNLOGGED TABLE feed_text AS
SELECT * FROM jsonb_to_recordset(CAST(:texts AS jsonb)) AS known (language text, key text, text text);

-- name: currency
-- How many decimals each currency has. Params: currencies.
CREATE UNLOGGED TABLE feed_currency AS
SELECT currency, decimals::integer
FROM jsonb_each_text(CAST(:currencies AS jsonb)) AS known (currency, decimals);

-- name: pattern
-- The patterns that a trip planner can use, numbered in the order of their ids; where the city so chooses, none of a route that rests on a single ride. Params: network_id.
CREATE UNLOGGED TABLE feed_pattern AS
SELECT row_number() OVER (ORDER BY p.pattern_id COLLATE "C")::integer AS pattern_no, p.network_id, p.pattern_id, p.route_id,
       p.direction_id, gtfs_name(p.headsign) AS headsign, p.day_types, d.days,
       d.days || CASE WHEN v.valid_until < max(v.valid_until) OVER () THEN to_char(v.valid_until, '"-until-"YYYYMMDD') ELSE '' END
         AS service_id, v.valid_until,
       p.length_m::float AS length_m, CAST(NULL AS numeric) AS shape_length_m, p.runs, p.people,
       (p.first_seen AT TIME ZONE a.timezone)::date AS first_seen, (p.last_seen AT TIME ZONE a.timezone)::date AS last_seen,
       p.confidence, p.reason_code, p.reason
FROM feed_about a
JOIN pattern p USING (network_id)
JOIN route r USING (network_id, route_id)
CROSS JOIN LATERAL (
  SELECT string_agg(day, '-' ORDER BY place) AS days
  FROM unnest(ARRAY['weekday', 'saturday', 'sunday']) WITH ORDINALITY AS known (day, place)
  WHERE day = ANY (p.day_types)
) AS d
-- Half a year where nobody settled it: past it a feed that nobody renewed should stop promising service.
CROSS JOIN LATERAL (SELECT coalesce(p.valid_until, a.valid_from + 180) AS valid_until) AS v
WHERE v.valid_until >= a.valid_from
  AND (p.source_id IS NULL OR p.runs > 0) -- what is carried on of an imported feed goes out word for word
  AND NOT (a.surveyed_once = 'leave_out' AND r.runs = 1)
  AND EXISTS (SELECT FROM headway h WHERE h.network_id = :network_id AND h.pattern_id = p.pattern_id)
  AND (SELECT count(*) FROM pattern_stop s WHERE s.network_id = :network_id AND s.pattern_id = p.pattern_id) > 1;

-- name: pattern_key
-- Finds a pattern by its number.
ALTER TABLE feed_pattern ADD PRIMARY KEY (pattern_no);

-- name: pattern_size
-- Tells the planner how large the tables are: nobody else does before they are committed.
ANALYZE feed_about, feed_text, feed_pattern;

-- name: valid_until
-- The feed holds as long as the last of its patterns, those among them that it carries on.
UPDATE feed_about SET valid_until = coalesce(
  greatest((SELECT max(valid_until) FROM feed_pattern),
           (SELECT max(valid_until) FROM pattern p WHERE p.network_id = feed_about.network_id AND source_id IS NOT NULL AND runs = 0)),
  (SELECT max(valid_until) FROM pattern p WHERE p.network_id = feed_about.network_id)
);

-- name: service
-- The days of service in use, from the release's first day on; those that end sooner than the feed say so in their id.
CREATE UNLOGGED TABLE feed_service AS
SELECT DISTINCT service_id, 'weekday' = ANY (day_types) AS weekday, 'saturday' = ANY (day_types) AS saturday,
       'sunday' = ANY (day_types) AS sunday, feed_about.valid_from AS start_date, feed_pattern.valid_until AS end_date
FROM feed_pattern, feed_about;

-- name: shape
-- The published line of each pattern.
CREATE UNLOGGED TABLE feed_shape AS
SELECT f.pattern_no, f.pattern_id, s.*
FROM feed_pattern f
JOIN pattern p USING (network_id, pattern_id)
CROSS JOIN LATERAL gtfs_shape(p.geom) AS s;

-- name: shape_length
-- How long each pattern is in the feed.
UPDATE feed_pattern p
SET shape_length_m = s.length_m
FROM (SELECT pattern_no, max(dist_m) AS length_m FROM feed_shape GROUP BY pattern_no) AS s
WHERE s.pattern_no = p.pattern_no;

-- name: along
-- A pattern's stops and the virtual ones between them, numbered from 1. The network measures in its own projection, so distances are scaled to the published length; in whole decimetres, they grow from stop to stop and never pass the shape's end. A virtual stop is reached after its share of the section between two stops. It is a function because PostgreSQL leaves window functions to one processor, where it cannot know that each order in them is a full one.
CREATE FUNCTION feed_along(network integer, pattern text, length_m float, shape_length_m float)
RETURNS TABLE (stop_sequence integer, section integer, stop_id text, dist_m numeric, is_virtual boolean, is_first boolean,
               is_last boolean, step_share float, stands boolean, hailed boolean)
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000000 ROWS 50
AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH served AS (
    SELECT s.stop_sequence, FALSE AS is_virtual, s.stop_id, s.dist_m::float AS own_m
    FROM pattern_stop s
    WHERE s.network_id = network AND s.pattern_id = pattern
    UNION ALL
    SELECT before.stop_sequence, TRUE, v.stop_id, v.dist_m::float
    FROM virtual_stop v
    CROSS JOIN LATERAL (
      SELECT max(s.stop_sequence) AS stop_sequence
      FROM pattern_stop s
      WHERE s.network_id = network AND s.pattern_id = pattern AND s.dist_m < v.dist_m
    ) AS before
    WHERE v.network_id = network AND v.pattern_id = pattern
  ), stop_along AS (
    SELECT s.*, (shape_length_m * 10)::integer AS length_dm, row_number() OVER way AS place,
           count(*) OVER () - row_number() OVER way + 1 AS place_back,
           floor(s.own_m * shape_length_m / length_m * 10 + 0.5)::integer AS along_dm,
           lead(s.own_m) OVER way AS next_own_m, s.own_m - lag(s.own_m) OVER way AS step_m,
           -- Sections are counted by the stop that they lead to: virtual ones come after the stop of their number.
           sum((NOT s.is_virtual)::integer) OVER way - (NOT s.is_virtual)::integer AS section_no
    FROM served s
    WINDOW way AS (ORDER BY s.stop_sequence, s.is_virtual, s.own_m)
  ), raised AS (
    SELECT *, max(along_dm - place) OVER (ORDER BY place) + place AS raised_dm,
           max(stop_sequence) OVER section AS sequence_in_section, count(*) OVER section AS steps,
           sum(step_m) OVER section AS section_m, min(place) OVER section AS leading_place
    FROM stop_along
    WINDOW section AS (PARTITION BY section_no)
  ), pushed AS (
    -- The same from the far end: whatever lies past it is pushed back below.
    SELECT *, length_dm - place_back
           - max(greatest(length_dm - raised_dm, 0) - place_back) OVER (ORDER BY place_back) AS dist_dm
    FROM raised
  )
  SELECT place::integer, CASE WHEN place > 1 THEN sequence_in_section END, stop_id, dist_dm * 0.1, is_virtual,
         place = 1, place_back = 1, CASE WHEN steps = 1 OR section_m <= 0 THEN 1.0 / steps ELSE step_m / section_m END::float,
         -- It leaves its first stop when it starts, without the usual standing.
         place > 2 AND place = leading_place,
         -- Riders hail the vehicle on most of the way to the next stop.
         coalesce(next_own_m - own_m < 2 * (
           SELECT sum(greatest(least(h.to_m, next_own_m) - greatest(h.from_m, own_m), 0))
           FROM hail_stretch h
           WHERE h.network_id = network AND h.pattern_id = pattern
         ), FALSE)
  FROM pushed;
END
$$;

-- name: pattern_stop
-- The stops of all patterns.
CREATE UNLOGGED TABLE feed_pattern_stop AS
SELECT p.pattern_no, p.pattern_id, s.*
FROM feed_pattern p
CROSS JOIN LATERAL feed_along(p.network_id, p.pattern_id, p.length_m, p.shape_length_m::float) AS s;

-- name: pattern_stop_key
-- Finds the stops of a pattern in order.
ALTER TABLE feed_pattern_stop ADD PRIMARY KEY (pattern_no, stop_sequence);

-- name: pattern_stop_size
-- Tells the planner how large this table is.
ANALYZE feed_pattern_stop;

-- name: boarding
-- What stop_times.txt says of a stop on all trips of its pattern. Riders ask the driver at a stop without a sign, and board anywhere on hailed sections; nobody boards where a trip ends, or gets off where it begins; none of the times is exact.
CREATE VIEW feed_boarding AS
SELECT pattern_no, stop_sequence, section, step_share, stands, stop_id,
       CASE WHEN is_virtual THEN 3 ELSE is_last::integer END AS pickup_type,
       CASE WHEN is_virtual THEN 3 ELSE is_first::integer END AS drop_off_type,
       CASE WHEN hailed THEN 0 END AS continuous_pickup, CASE WHEN hailed THEN 0 END AS continuous_drop_off,
       dist_m AS shape_dist_traveled, 0 AS timepoint
FROM feed_pattern_stop;

-- name: clean_name
-- The names that riders gave to stops, each on one line.
CREATE UNLOGGED TABLE feed_clean_name AS
SELECT s.stop_id, gtfs_name(s.name) AS name
FROM feed_about a
JOIN stop s USING (network_id)
WHERE s.name IS NOT NULL AND EXISTS (SELECT FROM feed_pattern_stop served WHERE served.stop_id = s.stop_id);

-- name: clean_name_size
-- Tells the planner how large this table is.
ANALYZE feed_clean_name;

-- name: landmark
-- What has a name that people can see or ask for from a stop near by: other stops, then clinics, markets and offices.
CREATE UNLOGGED TABLE feed_landmark AS
SELECT named.name, s.geom::geography AS geog, 'nearest_named_stop' AS method, s.stop_id AS id
FROM feed_about a
JOIN stop s USING (network_id)
JOIN feed_clean_name named USING (stop_id)
WHERE named.name IS NOT NULL
UNION ALL
SELECT gtfs_name(p.name), p.geom::geography, 'nearest_service_point', p.service_point_id
FROM feed_about a
JOIN service_point p USING (network_id)
WHERE gtfs_name(p.name) IS NOT NULL;

-- name: landmark_place
-- Finds landmarks near a place.
CREATE INDEX ON feed_landmark USING gist (geog);

-- name: virtual
-- Where the virtual stops of the patterns are. Params: network_id.
CREATE UNLOGGED TABLE feed_virtual AS
SELECT DISTINCT ON (v.stop_id) v.stop_id, v.geom
FROM virtual_stop v
JOIN feed_pattern USING (pattern_id)
WHERE v.network_id = :network_id
ORDER BY v.stop_id, pattern_no;

-- name: near
-- The nearest landmark within sight of each stop that has no name. Params: near_m.
CREATE UNLOGGED TABLE feed_near AS
SELECT DISTINCT ON (stop.stop_id) stop.stop_id, l.name, l.method
FROM (
  SELECT s.stop_id, s.geom::geography AS geog
  FROM feed_about a
  JOIN stop s USING (network_id)
  LEFT JOIN feed_clean_name named USING (stop_id)
  WHERE named.name IS NULL AND EXISTS (SELECT FROM feed_pattern_stop served WHERE served.stop_id = s.stop_id)
  UNION ALL
  SELECT stop_id, geom::geography FROM feed_virtual
) AS stop
JOIN feed_landmark l ON ST_DWithin(l.geog, stop.geog, :near_m)
ORDER BY stop.stop_id, ST_Distance(l.geog, stop.geog), l.method, l.id COLLATE "C";

-- name: stop
-- The stops that patterns serve, under the names that riders gave them or a person chose. One without a name is called after the nearest landmark within sight, else by its id.
CREATE UNLOGGED TABLE feed_stop AS
SELECT s.stop_id,
       coalesce(named.name, replace(near_text.text, '{name}', near.name),
                replace(unnamed_text.text, '{stop_id}', s.stop_id)) AS name,
       CASE WHEN c.name IS NOT NULL THEN 'chosen' WHEN named.name IS NOT NULL THEN 'reported'
            ELSE coalesce(near.method, 'stop_id') END AS name_method,
       CASE WHEN c.name IS NULL THEN (s.name_votes ->> s.name)::integer END AS name_votes,
       round(ST_X(s.geom)::numeric, 6) AS lon, round(ST_Y(s.geom)::numeric, 6) AS lat, s.geom::geography AS geog,
       s.station_id, CAST('stop' AS text) AS kind, s.method, s.runs, s.people,
       (s.first_seen AT TIME ZONE a.timezone)::date AS first_seen, (s.last_seen AT TIME ZONE a.timezone)::date AS last_seen,
       s.confidence
FROM feed_about a
JOIN feed_text near_text ON near_text.language = a.text_language AND near_text.key = 'stop_near'
JOIN feed_text unnamed_text ON unnamed_text.language = a.text_language AND unnamed_text.key = 'stop_unnamed'
JOIN stop s USING (network_id)
LEFT JOIN feed_clean_name named USING (stop_id)
LEFT JOIN chosen_name c
  ON c.network_id = s.network_id AND c.kind = 'stop' AND c.element_id = s.stop_id AND c.field = 'name'
LEFT JOIN feed_near near USING (stop_id)
WHERE EXISTS (SELECT FROM feed_pattern_stop served WHERE served.stop_id = s.stop_id);

-- name: virtual_stop
-- The virtual stops of those patterns, called after the nearest landmark, else by their ids.
INSERT INTO feed_stop (stop_id, name, name_method, lon, lat, geog, kind)
SELECT v.stop_id, coalesce(replace(near_text.text, '{name}', near.name), replace(unnamed_text.text, '{stop_id}', v.stop_id)),
       coalesce(near.method, 'stop_id'), round(ST_X(v.geom)::numeric, 6), round(ST_Y(v.geom)::numeric, 6), v.geom::geography,
       'virtual'
FROM feed_about a
JOIN feed_text near_text ON near_text.language = a.text_language AND near_text.key = 'stop_near'
JOIN feed_text unnamed_text ON unnamed_text.language = a.text_language AND unnamed_text.key = 'stop_unnamed'
CROSS JOIN feed_virtual v
LEFT JOIN feed_near near USING (stop_id);

-- name: window
-- When the vehicles of each band start. Planners round headways to whole minutes in ways of their own, so the feed does it first, half a minute up, at least one; a headway beyond its band means one departure in it, which is what the band's own length says. A window is as many headways as begin within its band, and the next one starts where it ends: so nothing bunches at the border, and all planners start the same vehicles. A band that is over by then has none. Params: network_id.
CREATE UNLOGGED TABLE feed_window AS
WITH RECURSIVE band AS (
  SELECT p.pattern_no, h.*, row_number() OVER (PARTITION BY p.pattern_no ORDER BY h.band_start_s) AS place,
         least(greatest(floor(h.headway_s::float / 60 + 0.5)::integer * 60, 60), h.band_end_s - h.band_start_s)
           AS published_headway_s
  FROM feed_pattern p
  JOIN headway h ON h.network_id = :network_id AND h.pattern_id = p.pattern_id
), chain AS (
  SELECT pattern_no, place, band_start_s, band_start_s AS start_s, published_headway_s,
         (band_end_s - band_start_s + published_headway_s - 1) / published_headway_s AS departures
  FROM band
  WHERE place = 1
  UNION ALL
  SELECT b.pattern_no, b.place, b.band_start_s, s.start_s, b.published_headway_s,
         greatest((b.band_end_s - s.start_s + b.published_headway_s - 1) / b.published_headway_s, 0)
  FROM chain c
  JOIN band b ON b.pattern_no = c.pattern_no AND b.place = c.place + 1
  CROSS JOIN LATERAL (
    SELECT greatest(b.band_start_s, c.start_s + c.departures * c.published_headway_s) AS start_s
  ) AS s
)
SELECT pattern_no, band_start_s, start_s, published_headway_s, departures FROM chain WHERE departures > 0;

-- name: trip
-- One trip for each pattern and window, numbered in the order of their ids. Params: network_id.
CREATE UNLOGGED TABLE feed_trip AS
SELECT row_number() OVER (ORDER BY trip_id COLLATE "C")::integer AS trip_no, named.*
FROM (
  SELECT p.pattern_id || '-' || p.days || '-' || replace(left(gtfs_time(h.band_start_s), -3), ':', '') AS trip_id,
         p.pattern_no, p.pattern_id, p.route_id, p.service_id, h.band_start_s, h.band_end_s, w.start_s,
         w.start_s + w.departures * w.published_headway_s AS end_s, w.departures, h.headway_s::float AS headway_s,
         w.published_headway_s, h.low_s::float AS low_s, h.high_s::float AS high_s, h.observations, h.people,
         h.cv::float AS cv, h.method
  FROM feed_pattern p
  JOIN feed_window w USING (pattern_no)
  JOIN headway h ON h.network_id = :network_id AND h.pattern_id = p.pattern_id AND h.band_start_s = w.band_start_s
) AS named;

-- name: trip_key
-- Finds a trip by its number.
ALTER TABLE feed_trip ADD PRIMARY KEY (trip_no);

-- name: trip_order
-- Finds a pattern's trips.
CREATE INDEX ON feed_trip (pattern_no);

-- name: trip_size
-- Tells the planner how large this table is.
ANALYZE feed_trip;

-- name: served
-- Which patterns serve each stop with a place of its own, and the first and last of their routes.
CREATE UNLOGGED TABLE feed_served AS
SELECT stop_id, s.geog, served.patterns, served.first_route_id, served.last_route_id
FROM feed_stop s
JOIN (
  SELECT stop_id, array_agg(pattern_no) AS patterns, min(route_id) AS first_route_id, max(route_id) AS last_route_id
  FROM feed_pattern_stop
  JOIN feed_pattern USING (pattern_no)
  GROUP BY stop_id
) AS served USING (stop_id)
WHERE s.kind = 'stop';

-- name: served_place
-- Finds served stops near a place.
CREATE INDEX ON feed_served USING gist (geog);

-- name: transfer
-- Where riders change on foot: from a stop to another near by that other routes serve, and none serves both. Params: transfer_m, change_mps.
CREATE UNLOGGED TABLE feed_transfer AS
SELECT here.stop_id AS from_stop_id, there.stop_id AS to_stop_id, apart.m AS distance_m,
       ceil(apart.m / :change_mps)::integer AS walk_s
FROM feed_served here
JOIN feed_served there ON ST_DWithin(here.geog, there.geog, :transfer_m) AND here.stop_id <> there.stop_id
CROSS JOIN LATERAL (SELECT ST_Distance(here.geog, there.geog) AS m) AS apart
WHERE NOT here.patterns && there.patterns
  AND NOT (here.first_route_id, here.last_route_id, there.last_route_id)
    = (here.last_route_id, there.first_route_id, there.first_route_id);

-- name: load
-- How full the vehicles of a pattern are, by stop as the feed counts them and by band, numbered in that order. Params: network_id.
CREATE UNLOGGED TABLE feed_load AS
SELECT row_number() OVER (ORDER BY s.pattern_no, s.stop_sequence, l.band_start_s, l.band_end_s)::integer AS load_no,
       s.pattern_no, s.stop_sequence, s.stop_id, l.band_start_s, l.band_end_s, l.seats, l.seats_low, l.seats_high,
       l.seats_runs, l.boarded, l.boarded_low, l.boarded_high, l.alighted, l.alighted_low, l.alighted_high, l.counted_runs,
       l.people
FROM load l
JOIN pattern_stop ps USING (network_id, pattern_id, stop_sequence)
JOIN feed_pattern_stop s ON s.pattern_id = l.pattern_id AND s.stop_id = ps.stop_id AND NOT s.is_virtual
  AND s.section IS NOT DISTINCT FROM CASE WHEN s.is_first THEN NULL ELSE l.stop_sequence END
WHERE l.network_id = :network_id;
