-- What is looked at before a feed is written. A full validator judges it afterwards.

-- name: missing_right
-- What has to be granted before this account can make the schema in which a feed's tables stand; no row where it may.
SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS wanted
WHERE NOT has_database_privilege(current_database(), 'CREATE');

-- name: untimed
-- A stop to which a trip has no running time, looked for among the trips that have no band which times every section. Params: network_id.
WITH doubtful AS MATERIALIZED (
  SELECT t.trip_no, t.pattern_no, t.pattern_id, t.band_start_s, t.band_end_s
  FROM feed_trip t
  LEFT JOIN feed_trip_band b ON b.trip_no = t.trip_no AND b.complete
  WHERE b.trip_no IS NULL
)
SELECT t.pattern_id, s.section AS stop_sequence, t.band_start_s, gtfs_time(t.band_start_s) AS clock
FROM doubtful t
JOIN feed_pattern_stop s USING (pattern_no)
WHERE s.leads AND s.section IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM running_time r
    WHERE r.network_id = :network_id AND r.pattern_id = t.pattern_id AND r.stop_sequence = s.section
      AND r.band_start_s <= t.band_start_s AND t.band_end_s <= r.band_end_s
  )
ORDER BY t.trip_no, s.section
LIMIT 1;

-- name: misplaced
-- Stops and points of shapes that lie at Null Island or about, which is where coordinates lie that somebody forgot to set.
SELECT 'stops.txt' AS file, lon::float AS lon, lat::float AS lat FROM feed_stop WHERE abs(lon) < 1 AND abs(lat) < 1
UNION ALL
SELECT 'shapes.txt', lon::float, lat::float FROM feed_shape WHERE abs(lon) < 1 AND abs(lat) < 1
LIMIT 20;

-- name: too_fast
-- Sections on which a vehicle would be faster than validators believe of a bus, looked for among those that are too long for the least time of their pattern. Params: network_id.
WITH step AS (
  SELECT pattern_no, pattern_id, stop_sequence, section, lag(stop_id) OVER way AS from_stop_id, stop_id AS to_stop_id,
         (dist_m - lag(dist_m) OVER way)::float AS step_m
  FROM feed_pattern_stop
  WINDOW way AS (PARTITION BY pattern_no ORDER BY stop_sequence)
), doubtful AS MATERIALIZED (
  SELECT step.*
  FROM step
  JOIN (SELECT pattern_id, min(least_s) AS least_s FROM feed_timed_band GROUP BY pattern_id) AS timed USING (pattern_id)
  WHERE step_m > least_s * 150 / 3.6
)
SELECT pattern_id, from_stop_id, to_stop_id, round(step_m / r.seconds * 3.6)::integer AS speed_kmh
FROM doubtful d
CROSS JOIN LATERAL (
  SELECT min(seconds) AS seconds
  FROM running_time
  WHERE network_id = :network_id AND pattern_id = d.pattern_id AND stop_sequence = d.section
) AS r
WHERE step_m > r.seconds * 150 / 3.6
ORDER BY pattern_no, stop_sequence
LIMIT 20;

-- name: any_trip
-- Whether there is anything to ride.
SELECT FROM feed_trip LIMIT 1;

-- name: any_booked
-- Whether a service is booked at all.
SELECT booked_id FROM feed_booked LIMIT 1;

-- name: network
-- Which network is prepared.
SELECT network_id FROM feed_about;
