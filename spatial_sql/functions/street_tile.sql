-- One vector tile of a city's streets: layer streets, one feature for each rank; the closer, the more of them.
-- Ranks: 1 motorways to primary roads, 2 secondary and tertiary, 3 where people live, 4 service roads and tracks.
-- \param city  city_id         \param z, x, y  tile in the usual web scheme
-- \returns Mapbox Vector Tile bytes; empty where no street lies in the tile
CREATE OR REPLACE FUNCTION street_tile(city integer, z integer, x integer, y integer)
RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  WITH bounds AS (
    SELECT ST_TileEnvelope(z, x, y) AS tile,
           ST_Transform(
             ST_Intersection(ST_TileEnvelope(z, x, y, margin => 64.0 / 4096), ST_TileEnvelope(0, 0, 0)), 4326
           ) AS wide
  ), kinds AS (
    SELECT * FROM (VALUES
      ('motorway', 1, 7), ('trunk', 1, 7), ('primary', 1, 8), ('secondary', 2, 10), ('tertiary', 2, 11),
      ('motorway_link', 1, 11), ('trunk_link', 1, 11), ('primary_link', 1, 11), ('secondary_link', 2, 12),
      ('tertiary_link', 2, 12), ('unclassified', 3, 12), ('busway', 3, 12), ('bus_guideway', 3, 12),
      ('residential', 3, 13), ('living_street', 3, 13), ('road', 3, 13), ('pedestrian', 3, 13),
      ('service', 4, 14), ('track', 4, 14)
    ) AS kinds (kind, rank, from_zoom)
  ), ranks AS (
    SELECT k.rank, ST_Collect(ST_Simplify(s.geom, 360.0 / (4096 * 2 ^ z)) ORDER BY s.street_id) AS geom
    FROM street s JOIN kinds k USING (kind), bounds
    WHERE s.city_id = city AND z >= k.from_zoom AND s.geom && wide
    GROUP BY k.rank
  )
  SELECT ST_AsMVT(t, 'streets', 4096, 'geom') FROM (
    SELECT rank, ST_AsMVTGeom(ST_Transform(geom, 3857), tile) AS geom FROM ranks, bounds ORDER BY rank
  ) t WHERE geom IS NOT NULL;
$$;
