-- What every value of a feed rests on, and which of them are estimates: one statement for each element, in the order in
-- which they are written; times at stops come after them (stop_time_evidence.py). Each gives element, id (of several columns: joined by a slash), field (the column of the feed),
-- value (as the feed states it), method, observations, people, first and last day seen, low, high and confidence. The
-- views file_* are the files of the feed as they are published. What is an estimate follows from the method
-- (evidence_row.sql).

-- name: feed
-- Who publishes the feed, and until when it is assumed to hold.
SELECT 'feed', f.feed_version, said.key, said.value, CASE said.key WHEN 'feed_end_date' THEN 'assumed' ELSE 'declared' END,
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_feed_info f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY said.key COLLATE "C";

-- name: agencies
-- The brands: declared by a person, or one that stands for all operators.
SELECT 'agency', f.agency_id, said.key, said.value, CASE WHEN known.agency_id IS NULL THEN 'derived' ELSE 'declared' END,
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM feed_about a
CROSS JOIN file_agency f
LEFT JOIN agency known ON known.network_id = a.network_id AND known.agency_id = f.agency_id
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.agency_id COLLATE "C", said.key COLLATE "C";

-- name: attributions
-- Whose work the feed is.
SELECT 'attribution', f.attribution_id, said.key, said.value, 'declared',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_attributions f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.attribution_id COLLATE "C", said.key COLLATE "C";

-- name: translations
-- What the feed says in other languages: names that people translated, and its own sentences.
SELECT 'translation',
       f.table_name || '/' || f.field_name || '/' || f.language || '/' || coalesce(f.record_id, f.field_value),
       'translation', f.translation, CASE WHEN EXISTS (
         SELECT FROM name_translation t
         WHERE t.network_id = a.network_id AND t.language = f.language AND gtfs_name(t.translation) = f.translation
       ) THEN 'declared' ELSE 'derived' END,
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM feed_about a
CROSS JOIN file_translations f
ORDER BY f.table_name COLLATE "C", f.field_name COLLATE "C", f.language COLLATE "C", f.record_id COLLATE "C",
         f.field_value COLLATE "C";

-- name: routes
-- The routes: that they are there, and what they are called.
SELECT 'route', r.route_id, said.key, said.value,
       CASE said.key WHEN 'route_id' THEN 'runs' WHEN 'route_short_name' THEN r.short_method
                     WHEN 'route_long_name' THEN r.long_method WHEN 'route_type' THEN 'assumed'
                     WHEN 'agency_id' THEN CASE WHEN o.route_id IS NULL THEN 'derived' ELSE 'declared' END
                     ELSE 'derived' END,
       CASE said.key WHEN 'route_id' THEN r.runs WHEN 'route_short_name' THEN r.short_votes
                     WHEN 'route_long_name' THEN r.long_votes END,
       its.people, its.first_seen, its.last_seen, NULL::text, NULL::text, its.confidence
FROM feed_about a
CROSS JOIN file_routes f
JOIN feed_route r USING (route_id)
LEFT JOIN agency_route o ON o.network_id = a.network_id AND o.route_id = r.route_id
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
LEFT JOIN LATERAL (
  SELECT r.people, r.first_seen, r.last_seen, round(r.confidence::numeric, 4) AS confidence
) AS its ON said.key = 'route_id'
ORDER BY r.route_id COLLATE "C", said.key COLLATE "C";

-- name: stops
-- The stops: that they are there and where, what they are called, and to which station they belong.
SELECT 'stop', s.stop_id, said.key, said.value,
       CASE WHEN said.key IN ('stop_id', 'stop_lat', 'stop_lon')
              THEN coalesce(s.method, CASE s.kind WHEN 'station' THEN 'amid_stops' ELSE s.kind END)
            WHEN said.key = 'stop_name' THEN s.name_method ELSE 'derived' END,
       CASE WHEN said.key IN ('stop_id', 'stop_lat', 'stop_lon') THEN s.runs WHEN said.key = 'stop_name' THEN s.name_votes END,
       its.people, its.first_seen, its.last_seen, NULL::text, NULL::text, its.confidence
FROM file_stops f
JOIN feed_stop s USING (stop_id)
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
LEFT JOIN LATERAL (
  SELECT s.people, s.first_seen, s.last_seen, round(s.confidence::numeric, 4) AS confidence
) AS its ON said.key IN ('stop_id', 'stop_lat', 'stop_lon')
ORDER BY s.stop_id COLLATE "C", said.key COLLATE "C";

-- name: services
-- The days of service: a ride on one weekday stands for all five, and half a year is assumed.
SELECT 'service', f.service_id, said.key, said.value,
       CASE said.key WHEN 'start_date' THEN 'declared' WHEN 'end_date' THEN 'assumed' ELSE 'seen' END,
       seen.runs, NULL::integer, seen.first_seen, seen.last_seen, NULL::text, NULL::text, NULL::numeric
FROM file_calendar f
JOIN (
  SELECT service_id, sum(runs)::integer AS runs, min(first_seen) AS first_seen, max(last_seen) AS last_seen
  FROM feed_pattern
  GROUP BY service_id
) AS seen USING (service_id)
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.service_id COLLATE "C", said.key COLLATE "C";

-- name: holidays
-- The holidays on which vehicles are taken to run as on Sundays.
SELECT 'calendar_date', f.service_id || '/' || f.date, said.key, said.value, 'assumed_as_sunday',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_calendar_dates f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.service_id COLLATE "C", f.date COLLATE "C", said.key COLLATE "C";

-- name: patterns
-- What all trips of a pattern have in common: route, direction, headsign, days.
SELECT 'pattern', p.pattern_id, said.key, said.value,
       CASE said.key WHEN 'route_id' THEN 'runs' WHEN 'service_id' THEN 'seen' WHEN 'shape_id' THEN 'runs'
                     WHEN 'trip_headsign' THEN CASE WHEN c.element_id IS NULL THEN 'last_stop' ELSE 'chosen' END
                     ELSE 'derived' END,
       p.runs, p.people, p.first_seen, p.last_seen, NULL::text, NULL::text, round(p.confidence::numeric, 4)
FROM (SELECT DISTINCT shape_id AS pattern_id, jsonb_strip_nulls(to_jsonb(f)) - 'trip_id' AS trip FROM file_trips f) AS f
JOIN feed_pattern p USING (pattern_id)
CROSS JOIN feed_about a
LEFT JOIN chosen_name c ON c.network_id = a.network_id AND c.kind = 'pattern' AND c.element_id = p.pattern_id
CROSS JOIN LATERAL jsonb_each_text(f.trip) AS said
ORDER BY p.pattern_no, said.key COLLATE "C";

-- name: shapes
-- The line of each pattern as a whole, how far its rides lie from it, and why it is kept beside the main one.
SELECT 'shape', p.pattern_id, said.field, said.value, said.method,
       p.runs, p.people, p.first_seen, p.last_seen, NULL::text, NULL::text, round(p.confidence::numeric, 4)
FROM feed_about a
JOIN pattern known USING (network_id)
JOIN feed_pattern p USING (pattern_id)
CROSS JOIN LATERAL (VALUES
  (1, 'shape_id', p.pattern_id, 'runs'),
  (2, 'shape_pt_lat shape_pt_lon', p.shape_length_m || ' m', 'runs'),
  (3, 'spread_m', round(known.spread_m::numeric, 1)::text, 'measured'),
  (4, 'variant', p.reason_code, 'measured'),
  (5, 'share_of_main', round((p.reason ->> 'share')::numeric, 3)::text, 'measured')
) AS said (place, field, value, method)
WHERE said.value IS NOT NULL
ORDER BY p.pattern_no, said.place;

-- name: pattern_stops
-- The stops of each pattern in their order: which, how far along the line, and how one gets on.
SELECT 'pattern_stop', s.pattern_id || '/' || s.stop_sequence, said.key, said.value,
       CASE WHEN said.key IN ('stop_id', 'shape_dist_traveled') AND s.is_virtual THEN 'interpolated'
            WHEN said.key IN ('stop_id', 'shape_dist_traveled') THEN 'runs'
            WHEN said.key IN ('continuous_pickup', 'continuous_drop_off') THEN 'halts'
            WHEN said.key = 'timepoint' THEN 'declared' ELSE 'derived' END,
       CASE WHEN said.key IN ('continuous_pickup', 'continuous_drop_off') THEN hailed.halts ELSE served.runs END,
       NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, round(served.confidence::numeric, 4)
FROM feed_about a
CROSS JOIN (SELECT pattern_no FROM feed_trip GROUP BY pattern_no) AS one
JOIN feed_pattern_stop s USING (pattern_no)
JOIN feed_boarding f USING (pattern_no, stop_sequence)
LEFT JOIN LATERAL (
  SELECT runs, confidence
  FROM pattern_stop ps
  WHERE ps.network_id = a.network_id AND ps.pattern_id = s.pattern_id AND ps.stop_id = s.stop_id AND NOT s.is_virtual
    AND (s.is_first OR ps.stop_sequence = s.section)
  ORDER BY ps.stop_sequence
  LIMIT 1
) AS served ON TRUE
LEFT JOIN LATERAL (
  SELECT sum(h.halts)::integer AS halts FROM hail_stretch h
  WHERE h.network_id = a.network_id AND h.pattern_id = s.pattern_id
) AS hailed ON s.hailed
CROSS JOIN LATERAL jsonb_each_text(
  jsonb_strip_nulls(to_jsonb(f)) - ARRAY['pattern_no', 'stop_sequence', 'section', 'step_share', 'stands']
) AS said
ORDER BY s.pattern_no, s.stop_sequence, said.key COLLATE "C";

-- name: running_times
-- Every section in every band, of which the times at stops are sums.
SELECT 'running_time',
       r.pattern_id || '/' || s.stop_sequence || '/' || gtfs_time(r.band_start_s) || '-' || gtfs_time(r.band_end_s),
       'seconds', round(r.seconds::numeric)::text, r.method, r.runs, r.people, NULL::date, NULL::date,
       round(r.low_s::numeric)::text, round(r.high_s::numeric)::text, NULL::numeric
FROM feed_about a
JOIN running_time r USING (network_id)
JOIN feed_pattern_stop s ON s.pattern_id = r.pattern_id AND s.section = r.stop_sequence AND NOT s.is_virtual
ORDER BY s.pattern_no, s.stop_sequence, r.band_start_s, r.band_end_s;

-- name: frequencies
-- How often vehicles come, and in which hours.
SELECT 'frequency', f.trip_id || '/' || f.start_time, said.key, said.value,
       CASE said.key WHEN 'headway_secs' THEN t.method WHEN 'exact_times' THEN 'declared' ELSE 'seen' END,
       its.observations, its.people, NULL::date, NULL::date, its.low, its.high, NULL::numeric
FROM file_frequencies f
JOIN feed_trip t USING (trip_id)
CROSS JOIN LATERAL jsonb_each_text(to_jsonb(f) - 'trip_id') AS said
LEFT JOIN LATERAL (
  SELECT t.observations, t.people, round(t.low_s::numeric)::text AS low, round(t.high_s::numeric)::text AS high
) AS its ON said.key = 'headway_secs'
ORDER BY t.trip_no, f.start_time COLLATE "C", said.key COLLATE "C";

-- name: fares
-- The usual fares, and what a ride costs more in the rush hours.
SELECT 'fare', f.fare_id, said.key, said.value,
       CASE WHEN known.observations = 0 THEN 'imported'
            WHEN said.key IN ('fare_id', 'price', 'rush_surcharge') THEN 'observed'
            WHEN said.key IN ('payment_method', 'transfers') THEN 'assumed' ELSE 'declared' END,
       known.observations, known.people, (known.first_seen AT TIME ZONE a.timezone)::date,
       (known.last_seen AT TIME ZONE a.timezone)::date, its.low, its.high, NULL::numeric
FROM feed_about a
CROSS JOIN file_fare_attributes f
JOIN fare known ON known.network_id = a.network_id AND known.route_id = f.fare_id
JOIN feed_currency c ON c.currency = known.currency
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(
  to_jsonb(f) || jsonb_build_object('rush_surcharge', round(known.rush_surcharge, c.decimals))
)) AS said
LEFT JOIN LATERAL (
  SELECT round(known.low, c.decimals)::text AS low, round(known.high, c.decimals)::text AS high
) AS its ON said.key = 'price'
ORDER BY f.fare_id COLLATE "C", said.key COLLATE "C";

-- name: fare_products
-- What a ride costs: all of the way, by stage, in the rush hours; as many reports as the fare or the step has.
SELECT 'fare_product', p.product_id, said.key, said.value,
       CASE WHEN known.observations = 0 THEN 'imported' WHEN said.key IN ('fare_product_id', 'amount') THEN 'observed'
            WHEN said.key IN ('rider_category_id', 'fare_media_id') THEN 'assumed'
            WHEN said.key = 'currency' THEN 'declared' ELSE 'derived' END,
       its.observations, its.people, NULL::date, NULL::date, its.low, its.high, NULL::numeric
FROM file_fare_products f
JOIN feed_fare_product p ON p.product_id = f.fare_product_id
JOIN feed_currency c ON c.currency = p.currency
JOIN (
  SELECT route_id, 0 AS stage, observations, people, amount, low, high
  FROM fare WHERE network_id = (SELECT network_id FROM feed_about)
  UNION ALL
  SELECT route_id, row_number() OVER (PARTITION BY route_id ORDER BY from_m), observations, people, amount, low, high
  FROM stage_fare WHERE network_id = (SELECT network_id FROM feed_about)
) AS known ON known.route_id = p.route_id AND known.stage = p.stage
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
LEFT JOIN LATERAL (
  -- In the rush hours the same range, as much higher as the fare is.
  SELECT known.observations, known.people,
         round(known.low + p.amount - round(known.amount, c.decimals), c.decimals)::text AS low,
         round(known.high + p.amount - round(known.amount, c.decimals), c.decimals)::text AS high
) AS its ON said.key = 'amount'
ORDER BY p.product_id COLLATE "C", said.key COLLATE "C";

-- name: fare_leg_rules
-- Which fare a ride costs: that of the whole way as reported, between two areas by the distance between them.
SELECT 'fare_leg_rule',
       f.network_id || '/' || coalesce(f.from_area_id, '') || '/' || coalesce(f.to_area_id, '') || '/'
       || coalesce(f.from_timeframe_group_id, ''),
       'fare_product_id', f.fare_product_id, CASE WHEN f.from_area_id IS NULL THEN 'observed' ELSE 'by_distance' END,
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_fare_leg_rules f
ORDER BY f.network_id COLLATE "C", f.from_area_id COLLATE "C", f.to_area_id COLLATE "C",
         f.from_timeframe_group_id COLLATE "C";

-- name: timeframes
-- The rush hours: the bands in which reports are compared.
SELECT 'timeframe', f.timeframe_group_id || '/' || f.start_time || '/' || f.service_id, said.key, said.value, 'assumed',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_timeframes f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.start_time COLLATE "C", f.service_id COLLATE "C", said.key COLLATE "C";

-- name: rider_categories
-- Who pays the reported fares: whoever reported them.
SELECT 'rider_category', f.rider_category_id, said.key, said.value, 'assumed',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_rider_categories f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.rider_category_id COLLATE "C", said.key COLLATE "C";

-- name: fare_media
-- How fares are paid: nobody reported anything but cash.
SELECT 'fare_medium', f.fare_media_id, said.key, said.value, 'assumed',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_fare_media f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.fare_media_id COLLATE "C", said.key COLLATE "C";

-- name: areas
-- Between which places fares are told.
SELECT 'area', f.area_id, said.key, said.value, 'derived',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_areas f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.area_id COLLATE "C", said.key COLLATE "C";

-- name: stop_areas
-- The stops of these places.
SELECT 'stop_area', f.area_id || '/' || f.stop_id, said.key, said.value, 'derived',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_stop_areas f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.area_id COLLATE "C", f.stop_id COLLATE "C", said.key COLLATE "C";

-- name: networks
-- The routes that have a fare of their own.
SELECT 'network', f.network_id, said.key, said.value, 'derived',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_networks f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.network_id COLLATE "C", said.key COLLATE "C";

-- name: route_networks
-- Which routes these are.
SELECT 'route_network', f.route_id, said.key, said.value, 'derived',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_route_networks f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.route_id COLLATE "C", said.key COLLATE "C";

-- name: fare_rules
-- On which routes a fare was observed.
SELECT 'fare_rule', f.fare_id || '/' || f.route_id, said.key, said.value, 'observed',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_fare_rules f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.fare_id COLLATE "C", f.route_id COLLATE "C", said.key COLLATE "C";

-- name: stage_fares
-- The steps of the fares that grow with the way.
SELECT 'stage_fare', f.route_id || '/' || round(f.from_m::numeric) || ' m', 'price', round(f.amount, c.decimals)::text,
       'observed', f.observations, f.people, NULL::date, NULL::date, round(f.low, c.decimals)::text,
       round(f.high, c.decimals)::text, NULL::numeric
FROM feed_about a
JOIN stage_fare f USING (network_id)
JOIN feed_route USING (route_id)
JOIN feed_currency c ON c.currency = f.currency
ORDER BY f.route_id COLLATE "C", f.from_m;

-- name: transfers
-- Where riders change on foot: as the crow flies, at a walking pace that is assumed.
SELECT 'transfer', f.from_stop_id || '/' || f.to_stop_id, said.key, said.value, 'near',
       NULL::integer, NULL::integer, NULL::date, NULL::date, NULL::text, NULL::text, NULL::numeric
FROM file_transfers f
CROSS JOIN LATERAL jsonb_each_text(jsonb_strip_nulls(to_jsonb(f))) AS said
ORDER BY f.from_stop_id COLLATE "C", f.to_stop_id COLLATE "C", said.key COLLATE "C";

-- name: imported
-- What stands word for word as a feed that others made has it, in whole: its routes, stops and trips, and which feed of which day.
SELECT held.element, held.id, 'source', gtfs_name(f.name), 'imported', 0, NULL::integer, f.dated, f.dated, NULL::text, NULL::text,
       NULL::numeric
FROM feed_about a
CROSS JOIN LATERAL (
  SELECT 'route' AS element, r.route_id AS id, r.source_id
  FROM route r WHERE r.network_id = a.network_id AND r.runs = 0
  UNION ALL
  SELECT 'stop', s.stop_id, s.source_id
  FROM stop s WHERE s.network_id = a.network_id AND s.runs = 0
  UNION ALL
  SELECT 'trip', t.trip_id, t.source_id
  FROM pattern p JOIN source_trip t USING (source_id, pattern_id)
  WHERE p.network_id = a.network_id AND p.runs = 0
) AS held
JOIN source_feed f USING (source_id)
ORDER BY held.element, held.id COLLATE "C";
