-- GTFS-ride: that loads are in board_alight.txt (0), and to which feed they belong. Without loads there is no row.
SELECT 0 AS ride_files, to_char(valid_from, 'YYYYMMDD') AS gtfs_feed_date, currency AS default_currency_type,
       feed_version AS ride_feed_version
FROM feed_about
WHERE EXISTS (SELECT FROM feed_load)
ORDER BY feed_version COLLATE "C"
