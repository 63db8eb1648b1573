-- What is looked at before a feed is written. A full validator judges it afterwards.

-- name: missing_right
-- What has to be granted before this account can make the schema in which a feed's tables stand; no row where it may.
SELECT format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user) AS wanted
WHERE NOT has_database_privilege(current_database(), 'CREATE');

-- name: misplaced
-- Stops and points of shapes that lie at Null Island or about, which is where coordinates lie that somebody forgot to set.
SELECT 'stops.txt' AS file, lon::float AS lon, lat::float AS lat FROM feed_stop WHERE abs(lon) < 1 AND abs(lat) < 1
UNION ALL
SELECT 'shapes.txt', lon::float, lat::float FROM feed_shape WHERE abs(lon) < 1 AND abs(lat) < 1
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
