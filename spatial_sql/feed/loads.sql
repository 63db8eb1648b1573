-- How full vehicles leave each stop and how many people get on and off there, per vehicle: over the day, and by its bands.
SELECT p.route_id, p.direction_id, p.pattern_id, l.stop_sequence, l.stop_id, gtfs_time(l.band_start_s) AS start_time,
       gtfs_time(l.band_end_s) AS end_time, round(l.seats::numeric, 2) AS seats_taken,
       round(l.seats_low::numeric, 2) AS seats_low, round(l.seats_high::numeric, 2) AS seats_high, l.seats_runs,
       round(l.boarded::numeric, 1) AS boarded, round(l.boarded_low::numeric, 1) AS boarded_low,
       round(l.boarded_high::numeric, 1) AS boarded_high, round(l.alighted::numeric, 1) AS alighted,
       round(l.alighted_low::numeric, 1) AS alighted_low, round(l.alighted_high::numeric, 1) AS alighted_high,
       l.counted_runs, l.people
FROM feed_load l
JOIN feed_pattern p USING (pattern_no)
ORDER BY load_no
