-- An invented national network. Params: routes, stops, step.

-- The rows are consistent by construction; checking each of ten million references would take longer than making them.
SET LOCAL session_replication_role = replica;

INSERT INTO city (slug, name, timezone, currency, language, synthetic)
VALUES ('nation', 'Nation', 'Africa/Nairobi', 'KES', 'en', TRUE);
INSERT INTO network (city_id, kind, release_number, valid_from, published_at, published_by)
SELECT city_id, 'release', 1, '2026-06-01', now(), 'benchmark' FROM city;

CREATE TEMPORARY TABLE made ON COMMIT DROP AS
SELECT network_id, city_id, timestamptz '2026-03-02 06:00+03' AS first_seen, timestamptz '2026-03-27 18:00+03' AS last_seen
FROM network;

INSERT INTO stop (network_id, stop_id, city_id, name, name_votes, geom, method, runs, people, first_seen, last_seen, confidence)
SELECT network_id, 'S' || n, city_id, CASE WHEN n % 3 > 0 THEN 'Stage ' || n END, '{}',
       ST_SetSRID(ST_MakePoint(
         -- Every fifth stop has moved towards the next one, so that some lie within a walk.
         30 + CASE WHEN n / 250 % 2 = 0 THEN n % 250 ELSE 249 - n % 250 END * 0.0036 + (n % 5 = 0)::integer * 0.0024,
         -- The next row of the fold is a walk away.
         -5 + n / 250 * 0.0012
       ), 4326), 'reported', 4, 2, first_seen, last_seen, 0.8
FROM made, generate_series(0, :stops - 1) AS n;

INSERT INTO route (network_id, route_id, city_id, short_name, long_name, name_votes, runs, people, first_seen, last_seen, confidence)
SELECT network_id, 'R' || r, city_id, r::text, 'Stage ' || r || ' – Stage ' || r + 50, jsonb_build_object(r::text, 3), 8, 4,
       first_seen, last_seen, 0.8
FROM made, generate_series(1, :routes) AS r;

CREATE TEMPORARY TABLE way ON COMMIT DROP AS
SELECT 'T' || r * 2 + d AS pattern_id, 'R' || r AS route_id, d, i,
       -- The last routes come back to the beginning.
       (r * CAST(:step AS integer) + CASE d WHEN 0 THEN i ELSE 49 - i END) % CAST(:stops AS integer) AS n
FROM generate_series(1, :routes) AS r, generate_series(0, 1) AS d, generate_series(0, 49) AS i;

INSERT INTO pattern (network_id, pattern_id, city_id, route_id, direction_id, headsign, geom, length_m, spread_m, runs, people,
                     first_seen, last_seen, day_types, confidence, signs, valid_until)
SELECT network_id, pattern_id, city_id, route_id, d, 'Stage ' || max(n), line, ST_Length(line::geography), 12, 4, 2,
       first_seen, last_seen, '{weekday,saturday}', 0.8, '{}', '2026-11-28'
FROM made, LATERAL (
  SELECT pattern_id, route_id, d, max(w.n) AS n,
         -- A bend between any two stops: a hundred points for each pattern.
         ST_Segmentize(ST_MakeLine(geom ORDER BY i), 0.0019) AS line
  FROM way w JOIN stop s ON s.stop_id = 'S' || w.n
  GROUP BY pattern_id, route_id, d
) AS drawn
GROUP BY network_id, pattern_id, city_id, route_id, d, line, first_seen, last_seen;

INSERT INTO pattern_stop (network_id, pattern_id, stop_sequence, city_id, stop_id, dist_m, runs, runs_past, confidence)
SELECT p.network_id, pattern_id, i, p.city_id, 'S' || n, p.length_m * i / 49, 3, 4, 0.8
FROM way JOIN pattern p USING (pattern_id);

INSERT INTO running_time (network_id, pattern_id, stop_sequence, band_start_s, band_end_s, city_id, seconds, standing_s, low_s,
                          high_s, runs, people, method)
SELECT network_id, pattern_id, i, start_s, end_s, city_id, 60 + (n * 7 + start_s / 600) % 60, n % 20, 40, 200, 2, 1, 'band'
FROM made, way, LATERAL (
  SELECT 0 AS start_s, 86400 AS end_s
  UNION ALL
  SELECT 18000 + b * 6600, 18000 + (b + 1) * 6600 FROM generate_series(0, 9) AS b
) AS band
WHERE i > 0;

INSERT INTO headway (network_id, pattern_id, band_start_s, band_end_s, city_id, headway_s, low_s, high_s, observations, people, cv,
                     method)
SELECT network_id, pattern_id, 18000 + b * 6600, 18000 + (b + 1) * 6600, city_id, 300 + b * 60, 200, 2000, 4, 2, 0.6, 'observed'
FROM pattern, generate_series(0, 9) AS b;

INSERT INTO fare (network_id, route_id, city_id, amount, low, high, currency, observations, people, first_seen, last_seen)
SELECT network_id, route_id, city_id, 50, 40, 60, 'KES', 5, 3, first_seen, last_seen FROM route;
