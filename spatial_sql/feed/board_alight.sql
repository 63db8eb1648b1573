-- GTFS-ride: the usual load and the usual number of people who get on and off on each trip, where riders told: 0 is told by hand in the trip's own band, 3 a model of it from wider parts of the day.
SELECT trip_id, stop_id, stop_sequence, 0 AS record_use, round(boarded::numeric) AS boardings,
       round(alighted::numeric) AS alightings, round(seats::numeric * 100) AS current_load,
       CASE WHEN seats IS NOT NULL THEN 1 END AS load_type, CASE WHEN own THEN 0 ELSE 3 END AS source
FROM (
  SELECT DISTINCT ON (t.trip_no, l.stop_sequence) t.trip_no, t.trip_id, l.*,
         (l.band_start_s, l.band_end_s) = (t.band_start_s, t.band_end_s) AS own
  FROM feed_trip t
  JOIN feed_load l USING (pattern_no)
  WHERE l.band_start_s <= t.band_start_s AND t.band_end_s <= l.band_end_s
  ORDER BY t.trip_no, l.stop_sequence, l.band_end_s - l.band_start_s, l.load_no
) AS told
ORDER BY trip_no, stop_sequence
