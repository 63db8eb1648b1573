-- One vector tile of a network: layers routes (patterns), stops (from zoom 11) and service_points (from zoom 11).
-- \param network  network_id         \param z, x, y  tile in the usual web scheme
-- \returns Mapbox Vector Tile bytes; empty where nothing lies in the tile
CREATE OR REPLACE FUNCTION map_tile(network integer, z integer, x integer, y integer)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile,
           -- A margin past 180 degrees would come back on the other side of the world: it ends with the map.
           ST_Transform(
             ST_Intersection(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), ST_TileEnvelope(0, 0, 0)), 4326
           ) AS wide
  ), routes AS (
    SELECT ST_AsMVT(t, 'routes', 4096, 'geom') AS mvt FROM (
      SELECT p.pattern_id, p.route_id, p.direction_id, r.short_name, r.long_name, p.runs,
             round(p.confidence::numeric, 2)::float AS confidence,
             ST_AsMVTGeom(ST_Transform(ST_Simplify(p.geom, 360.0 / (4096 * 2 ^ z)), 3857), tile) AS geom
      FROM pattern p JOIN route r USING (network_id, route_id), bounds
      WHERE p.network_id = network AND p.geom && wide
      ORDER BY p.pattern_id COLLATE "C"
    ) t WHERE geom IS NOT NULL
  ), stops AS (
    SELECT ST_AsMVT(t, 'stops', 4096, 'geom') AS mvt FROM (
      SELECT s.stop_id, coalesce(s.name, c.name) AS name, s.method, s.runs, round(s.confidence::numeric, 2)::float AS confidence,
             ST_AsMVTGeom(ST_Transform(s.geom, 3857), tile) AS geom
      FROM bounds, stop s
      LEFT JOIN stop_street c ON c.network_id = s.network_id AND c.stop_id = s.stop_id AND c.method = 'crossing'
      WHERE z >= 11 AND s.network_id = network AND s.geom && wide
      ORDER BY s.stop_id COLLATE "C"
    ) t WHERE geom IS NOT NULL
  ), points AS (
    SELECT ST_AsMVT(t, 'service_points', 4096, 'geom') AS mvt FROM (
      SELECT p.service_point_id, p.kind, p.name, ST_AsMVTGeom(ST_Transform(p.geom, 3857), tile) AS geom
      FROM service_point p, bounds
      WHERE z >= 11 AND p.network_id = network AND p.geom && wide
      ORDER BY p.service_point_id COLLATE "C"
    ) t WHERE geom IS NOT NULL
  )
  SELECT routes.mvt || stops.mvt || points.mvt FROM routes, stops, points;
$$;
