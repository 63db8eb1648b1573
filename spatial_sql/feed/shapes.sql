-- The line of each pattern, measured in metres on the ellipsoid.
SELECT pattern_id AS shape_id, lat AS shape_pt_lat, lon AS shape_pt_lon, shape_pt_sequence, dist_m AS shape_dist_traveled
FROM feed_shape
ORDER BY pattern_no, shape_pt_sequence
