-- name: get_fingerprint
-- A digest over all that the lists of a city are made from. Params: city_id, network_id, candidate_id.
SELECT md5(concat_ws('|', :network_id,
  (SELECT sum(hashtextextended(concat_ws('|', stop_id, name, ST_AsEWKB(geom)), 0)) FROM stop WHERE network_id = :network_id),
  (SELECT sum(hashtextextended(concat_ws('|', route_id, short_name, long_name), 0)) FROM route WHERE network_id = :network_id),
  (SELECT sum(hashtextextended(concat_ws('|', pattern_id, route_id, length_m, ST_AsEWKB(geom)), 0)) FROM pattern
   WHERE network_id = :network_id),
  (SELECT sum(hashtextextended(concat_ws('|', service_point_id, source_id, kind, name, ST_AsEWKB(geom)), 0)) FROM service_point
   WHERE network_id IN (:network_id, :candidate_id)),
  (SELECT sum(hashtextextended(concat_ws('|', r.report_id, r.subject, r.kind, r.name, ST_AsEWKB(r.geom)), 0))
   FROM report r JOIN submission s USING (submission_id)
   WHERE r.city_id = :city_id AND r.kind IN ('stop', 'visit') AND r.subject IS NOT NULL AND s.status = 'accepted'))) AS digest;

-- name: get_list
-- A list as it was last made. Params: city_id, name.
SELECT made_from, csv, csv_md5, geojson, geojson_md5 FROM choice_list WHERE city_id = :city_id AND name = :name;

-- name: list_digests
-- The MD5s of the lists of a city that were made from this. Params: city_id, made_from.
SELECT name, csv_md5, geojson_md5 FROM choice_list WHERE city_id = :city_id AND made_from = :made_from;

-- name: put_list
-- A list in place of the one before. Params: city_id, name, made_from, csv, csv_md5, geojson, geojson_md5.
INSERT INTO choice_list (city_id, name, made_from, csv, csv_md5, geojson, geojson_md5)
VALUES (:city_id, :name, :made_from, :csv, :csv_md5, :geojson, :geojson_md5)
ON CONFLICT ON CONSTRAINT choice_list_pkey DO UPDATE SET made_from = excluded.made_from, csv = excluded.csv,
  csv_md5 = excluded.csv_md5, geojson = excluded.geojson, geojson_md5 = excluded.geojson_md5;

-- name: list_stops
-- The stops of a network with the routes that serve them, and those that people added by a form. A version counts the updates that phones sent.
-- Params: city_id, network_id.
WITH said AS (
  SELECT DISTINCT ON (r.subject) r.subject, r.name, r.geom, count(*) OVER (PARTITION BY r.subject) AS times
  FROM report r JOIN submission s USING (submission_id)
  WHERE r.city_id = :city_id AND r.kind = 'stop' AND r.subject IS NOT NULL AND s.status = 'accepted'
  ORDER BY r.subject, r.at DESC NULLS LAST, r.report_id DESC
)
SELECT stop.stop_id AS id, stop.name, ST_X(stop.geom) AS lon, ST_Y(stop.geom) AS lat, 1 + coalesce(said.times, 0) AS version,
  (SELECT string_agg(DISTINCT p.route_id, ' ' ORDER BY p.route_id) FROM pattern_stop ps JOIN pattern p USING (network_id, pattern_id)
   WHERE ps.network_id = stop.network_id AND ps.stop_id = stop.stop_id) AS routes
FROM stop LEFT JOIN said ON said.subject = stop.stop_id
WHERE stop.network_id = :network_id
UNION ALL
SELECT subject, name, ST_X(geom), ST_Y(geom), times, NULL
FROM said
WHERE length(subject) = 36 AND NOT EXISTS (SELECT FROM stop WHERE network_id = :network_id AND stop_id = subject)
ORDER BY 1;

-- name: list_routes
-- The routes of a network, each with the line of its longest pattern, simplified to some ten metres, as GeoJSON. Params: network_id.
SELECT route.route_id AS id, route.short_name, route.long_name, way.geojson
FROM route LEFT JOIN LATERAL (
  SELECT ST_AsGeoJSON(ST_SimplifyPreserveTopology(geom, 0.0001), 5) AS geojson
  FROM pattern p WHERE p.network_id = route.network_id AND p.route_id = route.route_id
  ORDER BY length_m DESC, pattern_id LIMIT 1
) way ON true
WHERE route.network_id = :network_id
ORDER BY route.route_id COLLATE "C";

-- name: list_service_points
-- The service points of the accepted and the candidate network, each once, under the id that the phone gave it where one did.
-- Params: city_id, network_id, candidate_id.
WITH points AS (
  SELECT DISTINCT ON (service_point_id)
    CASE WHEN service_point_id LIKE '~%' AND length(source_id) = 36 THEN source_id ELSE service_point_id END AS id,
    kind, name, ST_X(geom) AS lon, ST_Y(geom) AS lat
  FROM service_point
  WHERE network_id IN (:network_id, :candidate_id)
  ORDER BY service_point_id, (network_id = :network_id) DESC
), visits AS (
  SELECT r.subject, count(*) AS times FROM report r JOIN submission s USING (submission_id)
  WHERE r.city_id = :city_id AND r.kind = 'visit' AND r.subject IS NOT NULL AND s.status = 'accepted'
  GROUP BY r.subject
)
SELECT id, kind, name, lon, lat, 1 + coalesce(visits.times, 0) AS version
FROM points LEFT JOIN visits ON visits.subject = points.id
ORDER BY id COLLATE "C";

-- name: count_stops
-- How many stops a network has. Params: network_id.
SELECT count(*) AS stops FROM stop WHERE network_id = :network_id;

-- name: has_unread_instances
-- True where a filled form of a city is not read yet. Params: city_id.
SELECT EXISTS (
  SELECT FROM submission WHERE city_id = :city_id AND status = 'received' AND kind = 'instance'
) AS waiting;
