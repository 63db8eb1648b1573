-- Walks between near stops of different routes, with the seconds they take.
SELECT from_stop_id, to_stop_id, 2 AS transfer_type, walk_s AS min_transfer_time
FROM feed_transfer
ORDER BY from_stop_id COLLATE "C", to_stop_id COLLATE "C"
