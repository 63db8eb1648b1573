-- What is looked at before a feed is written. A full validator judges it afterwards.

-- name: untimed
-- A stop to which a trip has no running time. Params: network_id.
SELECT t.pattern_id, s.section AS stop_sequence, t.band_start_s, gtfs_time(t.band_start_s) AS clock
FROM feed_trip t
JOIN feed_pattern_stop s USING (pattern_no)
WHERE s.leads AND s.section IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM feed_trip_band b
    JOIN feed_timed_band timed USING (pattern_id, band_start_s, band_end_s)
    WHERE b.trip_no = t.trip_no AND timed.sections >= (
      SELECT count(section) FROM feed_pattern_stop o WHERE o.pattern_no = t.pattern_no AND o.leads
    )
  )
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
-- Sections on which a vehicle would be faster than validators believe of a bus. Params: network_id.
SELECT s.pattern_id, before.stop_id AS from_stop_id, s.stop_id AS to_stop_id,
       round(max((s.dist_m - before.dist_m)::float / r.seconds * 3.6))::integer AS speed_kmh
FROM feed_pattern_stop s
JOIN feed_pattern_stop before ON before.pattern_no = s.pattern_no AND before.stop_sequence = s.stop_sequence - 1
JOIN running_time r ON r.network_id = :network_id AND r.pattern_id = s.pattern_id AND r.stop_sequence = s.section
WHERE (s.dist_m - before.dist_m)::float > r.seconds * 150 / 3.6
GROUP BY s.pattern_no, s.pattern_id, s.stop_sequence, before.stop_id, s.stop_id
ORDER BY s.pattern_no, s.stop_sequence
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
