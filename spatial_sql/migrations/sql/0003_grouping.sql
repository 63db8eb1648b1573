-- Runs are compared by where they went on the ground alone (mapping_service/group/trail.py). Trails that were made
-- before have another fingerprint, and are made anew when the city is next grouped.
DROP INDEX run_trail_streets_idx;
ALTER TABLE run_trail DROP COLUMN street_squares, DROP COLUMN street_keys, DROP COLUMN street_weights;
ALTER TABLE run_trail RENAME COLUMN ground_squares TO squares;
ALTER TABLE run_trail RENAME COLUMN ground_keys TO keys;
ALTER TABLE run_trail RENAME COLUMN ground_weights TO weights;
DROP INDEX run_trail_ground_idx;
-- Usage: relations.list_meeting; what was added last must be found as fast as the rest
CREATE INDEX run_trail_squares_idx ON run_trail USING gin (squares) WITH (fastupdate = off);
