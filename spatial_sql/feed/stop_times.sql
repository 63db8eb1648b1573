-- What stop_times.txt is made of, one row for each pattern: its stops with what is the same on all of its trips, its trips,
-- and how long its sections take. The running times are many, so they come as bytes: integers and floats of four bytes, the
-- highest first.
SELECT p.pattern_no, p.pattern_id, along.*, trips.*, running.*
FROM feed_pattern p
CROSS JOIN LATERAL (
  SELECT array_agg(stop_id) AS stop_ids, array_agg(section) AS sections, array_agg(step_share) AS shares,
         array_agg(stands) AS stands, array_agg(shape_dist_traveled::float) AS dists_m, array_agg(array_to_string(ARRAY[
           stop_sequence, pickup_type, drop_off_type, continuous_pickup, continuous_drop_off, shape_dist_traveled, timepoint
         ], ',', '')) AS tails
  FROM (SELECT * FROM feed_boarding b WHERE b.pattern_no = p.pattern_no ORDER BY stop_sequence) AS s
) AS along
CROSS JOIN LATERAL (
  SELECT array_agg(trip_id) AS trip_ids, array_agg(band_start_s) AS band_starts_s, array_agg(band_end_s) AS band_ends_s,
         array_agg(start_s) AS starts_s, array_agg(departures) AS departures, array_agg(published_headway_s) AS headways_s
  FROM (SELECT * FROM feed_trip t WHERE t.pattern_no = p.pattern_no ORDER BY trip_no) AS t
) AS trips
CROSS JOIN LATERAL (
  SELECT string_agg(int4send(stop_sequence), '') AS running_sections, string_agg(int4send(band_start_s), '') AS running_starts_s,
         string_agg(int4send(band_end_s), '') AS running_ends_s, string_agg(float4send(seconds), '') AS running_s,
         string_agg(float4send(standing_s), '') AS standing_s
  FROM (
    SELECT * FROM running_time r
    WHERE r.network_id = p.network_id AND r.pattern_id = p.pattern_id
    ORDER BY stop_sequence, band_start_s, band_end_s
  ) AS r
) AS running
ORDER BY pattern_no
