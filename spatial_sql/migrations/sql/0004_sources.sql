-- Feeds that others made, from which a city may start: kept word for word, and read as networks that never change.

ALTER TYPE network_kind ADD VALUE 'source';  -- what somebody else's feed says; never changes
DROP INDEX network_single_idx;
-- Usage: networks.get_network; a city has one candidate and one accepted network
CREATE UNIQUE INDEX network_living_idx ON network (city_id, kind) WHERE kind IN ('candidate', 'accepted');

CREATE TABLE source_feed (
  source_id        integer GENERATED ALWAYS AS IDENTITY,
  city_id          integer NOT NULL,
  network_id       integer NOT NULL,           -- of kind source: what was understood of it
  name             text NOT NULL,              -- as pages name it
  dated            date NOT NULL,              -- from this day on it says to hold
  licence          text,                       -- SPDX id; null: nobody said
  file_name        text NOT NULL,
  sha256           bytea NOT NULL,
  imported_at      timestamptz NOT NULL DEFAULT now(),
  imported_by      text NOT NULL,
  still_true_until date,                       -- a person vouches that it holds up to this day
  vouched_by       text,
  CONSTRAINT source_feed_pkey PRIMARY KEY (source_id),
  CONSTRAINT source_feed_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT source_feed_network_fkey FOREIGN KEY (network_id) REFERENCES network,
  -- Usage: sources.get_same; the same feed twice is one source
  CONSTRAINT source_feed_sha256_key UNIQUE (city_id, sha256),
  CONSTRAINT source_feed_vouched CHECK ((still_true_until IS NULL) = (vouched_by IS NULL))
);
-- Usage: foreign key
CREATE INDEX source_feed_network_idx ON source_feed (network_id);

-- A file of the feed in the order in which it came: a table, or the bytes of what is no table.
CREATE TABLE source_file (
  source_id integer NOT NULL,
  name      text NOT NULL,
  city_id   integer NOT NULL,
  columns   text[],                            -- as its first line has them
  bytes     bytea,
  CONSTRAINT source_file_pkey PRIMARY KEY (source_id, name),
  CONSTRAINT source_file_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed,
  CONSTRAINT source_file_content CHECK ((columns IS NULL) <> (bytes IS NULL))
);

-- A row of a table, its cells as they came, with as many as it had.
CREATE TABLE source_row (
  source_id integer NOT NULL,
  name      text NOT NULL,
  line      integer NOT NULL,
  city_id   integer NOT NULL,
  cells     text[] NOT NULL,
  CONSTRAINT source_row_pkey PRIMARY KEY (source_id, name, line),
  CONSTRAINT source_row_file_fkey FOREIGN KEY (source_id, name) REFERENCES source_file
);

-- Which pattern each trip of a feed is, in its network.
CREATE TABLE source_trip (
  source_id  integer NOT NULL,
  trip_id    text NOT NULL,
  city_id    integer NOT NULL,
  pattern_id text NOT NULL,
  CONSTRAINT source_trip_pkey PRIMARY KEY (source_id, trip_id),
  CONSTRAINT source_trip_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed
);

-- Routes of a feed that a person does not want; those of the accepted network are given up when next accepting.
CREATE TABLE source_rejection (
  source_id   integer NOT NULL,
  route_id    text NOT NULL,
  city_id     integer NOT NULL,
  rejected_by text NOT NULL,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT source_rejection_pkey PRIMARY KEY (source_id, route_id),
  CONSTRAINT source_rejection_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed
);

-- The feed that an element comes from, also once rides have improved it; with 0 runs it is still as the feed has it.
ALTER TABLE route
  ADD COLUMN source_id integer,
  ADD CONSTRAINT route_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed;
-- Usage: foreign key
CREATE INDEX route_source_idx ON route (source_id) WHERE source_id IS NOT NULL;
ALTER TABLE pattern
  ADD COLUMN source_id integer,
  ADD CONSTRAINT pattern_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed;
-- Usage: foreign key
CREATE INDEX pattern_source_idx ON pattern (source_id) WHERE source_id IS NOT NULL;
ALTER TABLE stop
  ADD COLUMN source_id integer,
  ADD CONSTRAINT stop_source_fkey FOREIGN KEY (source_id) REFERENCES source_feed,
  DROP CONSTRAINT stop_method,
  ADD CONSTRAINT stop_method CHECK (method IN ('reported', 'dwell', 'terminal', 'imported'));
-- Usage: foreign key
CREATE INDEX stop_source_idx ON stop (source_id) WHERE source_id IS NOT NULL;

-- imported: as a feed that somebody else made says.
ALTER TABLE headway
  DROP CONSTRAINT headway_method,
  ADD CONSTRAINT headway_method CHECK (method IN ('observed', 'own_waits', 'route_waits', 'city_waits', 'seen', 'imported'));
ALTER TABLE running_time
  DROP CONSTRAINT running_time_method,
  ADD CONSTRAINT running_time_method CHECK (method IN ('band', 'other_bands', 'pace', 'city_pace', 'assumed', 'imported'));
ALTER TABLE review
  DROP CONSTRAINT review_action,
  ADD CONSTRAINT review_action CHECK (action IN ('accept', 'retire', 'import', 'reject', 'vouch'));
