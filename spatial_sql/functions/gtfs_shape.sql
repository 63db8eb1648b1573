-- Rounds, thins and measures a line for shapes.txt. Points closer than 2 m to the one before add bytes and no shape, and
-- consumers take them for errors in the distances; both ends stay, and an end is worth more than a point just before it.
-- \param line  EPSG:4326
-- \returns     points from 0 on: lon and lat to six decimals (0.1 m), metres from the start on the ellipsoid to one
CREATE OR REPLACE FUNCTION gtfs_shape(line geometry)
RETURNS TABLE (shape_pt_sequence integer, lon numeric, lat numeric, dist_m numeric)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 1000000 ROWS 100
AS $$
DECLARE
  points    integer := ST_NPoints(line);
  point     record;
  place     geography;
  here      geography;           -- the last point that is kept; it is written when the next one is
  before    geography;           -- the one before it
  here_m    double precision := 0;
  before_m  double precision := 0;
  step_m    double precision;
BEGIN
  shape_pt_sequence := -1;
  FOR point IN
    SELECT path[1] AS number, round(ST_X(geom)::numeric, 6) AS lon, round(ST_Y(geom)::numeric, 6) AS lat
    FROM ST_DumpPoints(line)
  LOOP
    place := ST_SetSRID(ST_MakePoint(point.lon::double precision, point.lat::double precision), 4326)::geography;
    step_m := CASE WHEN here IS NULL THEN 2 ELSE ST_Distance(here, place) END;
    CONTINUE WHEN step_m < 2 AND point.number < points;
    IF step_m >= 2 OR before IS NULL THEN
      IF here IS NOT NULL THEN
        dist_m := floor(here_m * 10 + 0.5)::integer * 0.1;
        shape_pt_sequence := shape_pt_sequence + 1;
        RETURN NEXT;
        before := here;
        before_m := here_m;
        here_m := here_m + step_m;
      END IF;
    ELSE
      here_m := before_m + ST_Distance(before, place);
    END IF;
    here := place;
    lon := point.lon;
    lat := point.lat;
  END LOOP;
  dist_m := floor(here_m * 10 + 0.5)::integer * 0.1;
  shape_pt_sequence := shape_pt_sequence + 1;
  RETURN NEXT;
END
$$;
