-- What grouping remembers between two processings.

-- Why a pattern is kept beside the main one of its direction (mapping_service.fuse.variants); null and {} for that one,
-- and in releases made before there were reasons.
ALTER TABLE pattern
  ADD COLUMN reason_code text,
  ADD COLUMN reason      jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT pattern_reason CHECK ((reason_code IS NULL) = (reason = '{}'));

-- Where each run went, ready to be compared with others (mapping_service/group/trail.py).
CREATE TABLE run_trail (
  run_id         bigint NOT NULL,
  city_id        integer NOT NULL,
  fingerprint    text NOT NULL,                -- srid, match, parameters and code that it was made with
  ends_m         double precision[] NOT NULL,  -- where the run begins and ends: x, y, x, y
  length_m       double precision NOT NULL,
  start_s        double precision NOT NULL,
  end_s          double precision NOT NULL,
  digest         text NOT NULL,                -- of the positions
  ground_squares bigint[] NOT NULL,
  ground_keys    bytea NOT NULL,               -- 8 bytes each, little-endian
  ground_weights bytea NOT NULL,               -- 4 bytes each
  street_squares bigint[],                     -- null, as the next two: it was not matched
  street_keys    bytea,
  street_weights bytea,
  CONSTRAINT run_trail_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_trail_run_fkey FOREIGN KEY (run_id) REFERENCES run ON DELETE CASCADE,
  CONSTRAINT run_trail_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT run_trail_ends CHECK (cardinality(ends_m) = 4)
);
-- Usage: relations.list_meeting_on_ground; what was added last must be found as fast as the rest
CREATE INDEX run_trail_ground_idx ON run_trail USING gin (ground_squares) WITH (fastupdate = off);
-- Usage: relations.list_meeting_on_streets
CREATE INDEX run_trail_streets_idx ON run_trail USING gin (street_squares) WITH (fastupdate = off);
-- Usage: relations.list_known, foreign key
CREATE INDEX run_trail_city_idx ON run_trail (city_id, run_id);

-- How much two runs have in common (mapping_service/group/near.py). It depends on the two alone; pairs with nothing in
-- common have no row.
CREATE TABLE run_near (
  one_id      bigint NOT NULL,
  other_id    bigint NOT NULL,
  city_id     integer NOT NULL,
  cover_one   double precision NOT NULL,       -- share of the one that lies along the other
  cover_other double precision NOT NULL,       -- share of the other that lies along the one
  back_one    double precision NOT NULL,       -- the same for the one ridden backwards
  back_other  double precision NOT NULL,
  CONSTRAINT run_near_pkey PRIMARY KEY (one_id, other_id),
  CONSTRAINT run_near_one_fkey FOREIGN KEY (one_id) REFERENCES run_trail ON DELETE CASCADE,
  CONSTRAINT run_near_other_fkey FOREIGN KEY (other_id) REFERENCES run_trail ON DELETE CASCADE,
  CONSTRAINT run_near_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT run_near_once CHECK (one_id < other_id)
);
-- Usage: relations.list_near, foreign key
CREATE INDEX run_near_other_idx ON run_near (other_id);
-- Usage: relations.list_pairs, foreign key
CREATE INDEX run_near_city_idx ON run_near (city_id);
