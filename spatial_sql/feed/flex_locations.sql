-- The areas of booked services as GeoJSON.
SELECT jsonb_build_object('type', 'FeatureCollection', 'features', jsonb_agg(jsonb_build_object(
         'type', 'Feature', 'id', booked_id, 'properties', jsonb_build_object('stop_name', name),
         'geometry', ST_AsGeoJSON(geom, 6)::jsonb
       ) ORDER BY booked_id COLLATE "C"))::text
FROM feed_booked
