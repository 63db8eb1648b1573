-- What of a network riders would notice, for comparing two releases.

-- name: list_routes
-- The routes of a network with their fares and who runs them; steps are [from metres, amount]. Params: network_id.
SELECT r.route_id, r.short_name, r.long_name, f.amount::float AS fare, f.currency, f.rush_surcharge::float AS rush,
       a.agency_id, coalesce((
         SELECT jsonb_agg(jsonb_build_array(s.from_m, s.amount) ORDER BY s.from_m)
         FROM stage_fare s WHERE s.network_id = r.network_id AND s.route_id = r.route_id
       ), '[]') AS stages
FROM route r
LEFT JOIN fare f USING (network_id, route_id)
LEFT JOIN agency_route a USING (network_id, route_id)
WHERE r.network_id = :network_id
ORDER BY r.route_id COLLATE "C";

-- name: list_patterns
-- The patterns of a network with their stops in order and their headways as [from, to, seconds]. Params: network_id.
SELECT p.pattern_id, p.route_id, p.headsign, p.length_m::float AS length_m, ST_AsGeoJSON(p.geom, 6)::jsonb -> 'coordinates' AS line,
       ARRAY(
         SELECT s.stop_id FROM pattern_stop s
         WHERE s.network_id = p.network_id AND s.pattern_id = p.pattern_id ORDER BY s.stop_sequence
       ) AS stop_ids,
       coalesce((
         SELECT jsonb_agg(jsonb_build_array(h.band_start_s, h.band_end_s, h.headway_s) ORDER BY h.band_start_s)
         FROM headway h WHERE h.network_id = p.network_id AND h.pattern_id = p.pattern_id
       ), '[]') AS headways
FROM pattern p
WHERE p.network_id = :network_id
ORDER BY p.pattern_id COLLATE "C";

-- name: list_stops
-- The stops of a network. Params: network_id.
SELECT stop_id, name, round(ST_X(geom)::numeric, 6)::float AS lon, round(ST_Y(geom)::numeric, 6)::float AS lat
FROM stop
WHERE network_id = :network_id
ORDER BY stop_id COLLATE "C";

-- name: list_booked
-- The services on call of a network; the area is rings of [lon, lat]. Params: network_id.
SELECT booked_id, name, agency_id AS agency, ST_AsGeoJSON(geom, 6)::jsonb -> 'coordinates' AS area, phone, url, day_types,
       start_s, end_s, notice_min, notice_days, book_until_s
FROM booked_service
WHERE network_id = :network_id
ORDER BY length(booked_id), booked_id COLLATE "C";

-- name: get_holidays
-- Whether vehicles run as on Sundays on public holidays, as a release says. Params: network_id.
SELECT holidays FROM network WHERE network_id = :network_id;

-- name: list_followers
-- Routes that were given up before a release, and those of it that hold their rides. Params: network_id.
SELECT a.old_id, a.new_id
FROM network n
JOIN id_alias a ON a.city_id = n.city_id AND a.kind = 'route' AND a.since <= n.created_at
JOIN route r ON r.network_id = n.network_id AND r.route_id = a.new_id
WHERE n.network_id = :network_id
ORDER BY a.old_id COLLATE "C";

-- name: get_before
-- The published release that came before another of its city. Params: network_id.
SELECT o.network_id, o.release_number
FROM network n
JOIN network o USING (city_id)
WHERE n.network_id = :network_id AND o.published_at IS NOT NULL AND o.release_number < n.release_number
ORDER BY o.release_number DESC
LIMIT 1;
