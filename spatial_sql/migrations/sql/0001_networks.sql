-- A network is one whole picture of a city's service: what inference proposes (candidate), what people accepted
-- (accepted), or a numbered snapshot that never changes (release). All three have the same shape, so that reviewing
-- is comparing two of them and releasing is copying one.

CREATE TYPE network_kind AS ENUM (
  'candidate',  -- rebuilt by every processing
  'accepted',   -- changed by review only
  'release'     -- accepted -> release: copied once, then immutable
);

CREATE TABLE network (
  network_id     integer GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  kind           network_kind NOT NULL,
  release_number integer,
  valid_from     date,                         -- of a release: first day of service, local date
  note           text,
  fingerprint    text,                         -- sha256 over what it was made from
  created_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT network_pkey PRIMARY KEY (network_id),
  CONSTRAINT network_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT network_release_numbered CHECK ((kind = 'release') = (release_number IS NOT NULL)),
  CONSTRAINT network_release_dated CHECK ((kind = 'release') = (valid_from IS NOT NULL)),
  -- Usage: networks.get_release
  CONSTRAINT network_release_key UNIQUE (city_id, release_number)
);
-- Usage: networks.get_network; a city has one candidate and one accepted network
CREATE UNIQUE INDEX network_single_idx ON network (city_id, kind) WHERE kind <> 'release';

-- Public ids are minted once and never used again, whatever becomes of their element.
CREATE TABLE minted_id (
  city_id   integer NOT NULL,
  kind      text NOT NULL,
  last      integer NOT NULL,
  CONSTRAINT minted_id_pkey PRIMARY KEY (city_id, kind),
  CONSTRAINT minted_id_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT minted_id_kind CHECK (kind IN ('route', 'pattern', 'stop', 'service_point'))
);

-- Evidence columns, the same on every element:
--   runs        cleaned runs behind it             people      distinct contributors, null where nobody was named
--   first_seen, last_seen  of those runs           confidence  0..1
CREATE TABLE route (
  network_id  integer NOT NULL,
  route_id    text NOT NULL,                   -- public (R1), or provisional (~1) in a candidate network
  city_id     integer NOT NULL,
  short_name  text,
  long_name   text,                            -- null: no stop of it has a name
  name_votes  jsonb NOT NULL DEFAULT '{}',     -- {"716": 4, "90": 1}: what the claims said
  runs        integer NOT NULL,
  people      integer,
  first_seen  timestamptz NOT NULL,
  last_seen   timestamptz NOT NULL,
  confidence  real NOT NULL,
  CONSTRAINT route_pkey PRIMARY KEY (network_id, route_id),
  CONSTRAINT route_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT route_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT route_confidence CHECK (confidence BETWEEN 0 AND 1)
);
-- Usage: foreign key
CREATE INDEX route_city_idx ON route (city_id);

CREATE TABLE stop (
  network_id  integer NOT NULL,
  stop_id     text NOT NULL,
  city_id     integer NOT NULL,
  name        text,                            -- null: nobody said one
  name_votes  jsonb NOT NULL DEFAULT '{}',
  geom        geometry(Point, 4326) NOT NULL,
  method      text NOT NULL,                   -- reported, dwell, terminal
  runs        integer NOT NULL,
  people      integer,
  first_seen  timestamptz NOT NULL,
  last_seen   timestamptz NOT NULL,
  confidence  real NOT NULL,
  CONSTRAINT stop_pkey PRIMARY KEY (network_id, stop_id),
  CONSTRAINT stop_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT stop_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT stop_method CHECK (method IN ('reported', 'dwell', 'terminal')),
  CONSTRAINT stop_confidence CHECK (confidence BETWEEN 0 AND 1)
);
-- Usage: map_tile, layer of stops
CREATE INDEX stop_geom_idx ON stop USING gist (geom);
-- Usage: foreign key
CREATE INDEX stop_city_idx ON stop (city_id);

CREATE TABLE pattern (
  network_id   integer NOT NULL,
  pattern_id   text NOT NULL,
  city_id      integer NOT NULL,
  route_id     text NOT NULL,
  direction_id smallint NOT NULL,
  headsign     text,
  geom         geometry(LineString, 4326) NOT NULL,
  length_m     real NOT NULL,
  spread_m     real,                           -- median distance of its runs from the shape; null with one run
  runs         integer NOT NULL,
  people       integer,
  first_seen   timestamptz NOT NULL,
  last_seen    timestamptz NOT NULL,
  day_types    text[] NOT NULL,                -- weekday, saturday, sunday: those on which it was ridden
  confidence   real NOT NULL,
  CONSTRAINT pattern_pkey PRIMARY KEY (network_id, pattern_id),
  CONSTRAINT pattern_route_fkey FOREIGN KEY (network_id, route_id) REFERENCES route ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pattern_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT pattern_direction CHECK (direction_id IN (0, 1)),
  CONSTRAINT pattern_confidence CHECK (confidence BETWEEN 0 AND 1),
  CONSTRAINT pattern_day_types CHECK (day_types <@ ARRAY['weekday', 'saturday', 'sunday'] AND day_types <> '{}')
);
-- Usage: networks.copy_patterns, foreign key
CREATE INDEX pattern_route_idx ON pattern (network_id, route_id, direction_id);
-- Usage: map_tile, layer of routes
CREATE INDEX pattern_geom_idx ON pattern USING gist (geom);
-- Usage: foreign key
CREATE INDEX pattern_city_idx ON pattern (city_id);

-- A stop as one pattern serves it, in order, with the usual time from the stop before over the whole day.
CREATE TABLE pattern_stop (
  network_id    integer NOT NULL,
  pattern_id    text NOT NULL,
  stop_sequence integer NOT NULL,
  city_id       integer NOT NULL,
  stop_id       text NOT NULL,
  dist_m        real NOT NULL,                 -- along the shape
  runs          integer NOT NULL,              -- that stopped or reported here
  runs_past     integer NOT NULL,              -- that came by
  confidence    real NOT NULL,
  CONSTRAINT pattern_stop_pkey PRIMARY KEY (network_id, pattern_id, stop_sequence),
  CONSTRAINT pattern_stop_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pattern_stop_stop_fkey FOREIGN KEY (network_id, stop_id) REFERENCES stop ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pattern_stop_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT pattern_stop_support CHECK (runs <= runs_past),
  CONSTRAINT pattern_stop_confidence CHECK (confidence BETWEEN 0 AND 1)
);
-- Usage: networks.copy_stops, foreign key
CREATE INDEX pattern_stop_stop_idx ON pattern_stop (network_id, stop_id);
-- Usage: foreign key
CREATE INDEX pattern_stop_city_idx ON pattern_stop (city_id);

-- Seconds from the stop before to this one, standing time included, by time band of the local day.
CREATE TABLE running_time (
  network_id    integer NOT NULL,
  pattern_id    text NOT NULL,
  stop_sequence integer NOT NULL,
  band_start_s  integer NOT NULL,              -- seconds after local midnight; 0–86400 is the whole day
  band_end_s    integer NOT NULL,
  city_id       integer NOT NULL,
  seconds       real NOT NULL,
  runs          integer NOT NULL,              -- 0: interpolated
  CONSTRAINT running_time_pkey PRIMARY KEY (network_id, pattern_id, stop_sequence, band_start_s, band_end_s),
  CONSTRAINT running_time_stop_fkey FOREIGN KEY (network_id, pattern_id, stop_sequence)
    REFERENCES pattern_stop ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT running_time_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT running_time_positive CHECK (seconds > 0)
);
-- Usage: foreign key
CREATE INDEX running_time_city_idx ON running_time (city_id);

CREATE TABLE headway (
  network_id   integer NOT NULL,
  pattern_id   text NOT NULL,
  band_start_s integer NOT NULL,
  band_end_s   integer NOT NULL,
  city_id      integer NOT NULL,
  headway_s    real NOT NULL,
  low_s        real NOT NULL,                  -- the middle half of what was observed
  high_s       real NOT NULL,
  observations integer NOT NULL,
  method       text NOT NULL,
  CONSTRAINT headway_pkey PRIMARY KEY (network_id, pattern_id, band_start_s),
  CONSTRAINT headway_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT headway_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT headway_band CHECK (0 <= band_start_s AND band_start_s < band_end_s),
  CONSTRAINT headway_order CHECK (0 < low_s AND low_s <= headway_s AND headway_s <= high_s),
  -- observed: waits reported for this pattern in this band. The others are estimates and say so wherever they are
  -- shown: own_waits: of this pattern at other hours; route_waits: of the route's other patterns; city_waits: the
  -- city's median; seen: at least one ride in the band.
  CONSTRAINT headway_method CHECK (method IN ('observed', 'own_waits', 'route_waits', 'city_waits', 'seen'))
);
-- Usage: foreign key
CREATE INDEX headway_city_idx ON headway (city_id);

CREATE TABLE fare (
  network_id   integer NOT NULL,
  route_id     text NOT NULL,
  city_id      integer NOT NULL,
  amount       numeric NOT NULL,               -- the usual fare, whole ride
  low          numeric NOT NULL,
  high         numeric NOT NULL,
  currency     text NOT NULL,
  observations integer NOT NULL,
  people       integer,
  first_seen   timestamptz NOT NULL,
  last_seen    timestamptz NOT NULL,
  CONSTRAINT fare_pkey PRIMARY KEY (network_id, route_id),
  CONSTRAINT fare_route_fkey FOREIGN KEY (network_id, route_id) REFERENCES route ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT fare_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT fare_order CHECK (0 <= low AND low <= amount AND amount <= high)
);
-- Usage: foreign key
CREATE INDEX fare_city_idx ON fare (city_id);

-- Which runs a pattern rests on, and the runs that could belong to several.
CREATE TABLE pattern_run (
  network_id   integer NOT NULL,
  pattern_id   text NOT NULL,
  run_id       bigint NOT NULL,
  city_id      integer NOT NULL,
  role         text NOT NULL,
  share_of_run real NOT NULL,                  -- of the run's length that lies along the pattern
  CONSTRAINT pattern_run_pkey PRIMARY KEY (network_id, pattern_id, run_id),
  CONSTRAINT pattern_run_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT pattern_run_run_fkey FOREIGN KEY (run_id) REFERENCES run ON DELETE CASCADE,
  CONSTRAINT pattern_run_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- full: rode all of it; partial: rode a part; alternative: might be this one, left open for a person
  CONSTRAINT pattern_run_role CHECK (role IN ('full', 'partial', 'alternative'))
);
-- Usage: intake.list_outcomes, foreign key
CREATE INDEX pattern_run_run_idx ON pattern_run (run_id);
-- Usage: foreign key
CREATE INDEX pattern_run_city_idx ON pattern_run (city_id);

CREATE TABLE service_point (
  network_id       integer NOT NULL,
  service_point_id text NOT NULL,
  city_id          integer NOT NULL,
  submission_id    bigint NOT NULL,            -- the table it came in
  source_id        text,                       -- its id there
  source_row       integer NOT NULL,
  kind             text NOT NULL,
  name             text NOT NULL,
  geom             geometry(Point, 4326) NOT NULL,
  properties       jsonb NOT NULL,
  CONSTRAINT service_point_pkey PRIMARY KEY (network_id, service_point_id),
  CONSTRAINT service_point_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT service_point_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission,
  CONSTRAINT service_point_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: map_tile, layer of service points
CREATE INDEX service_point_geom_idx ON service_point USING gist (geom);
-- Usage: foreign key
CREATE INDEX service_point_submission_idx ON service_point (submission_id);
-- Usage: foreign key
CREATE INDEX service_point_city_idx ON service_point (city_id);

-- Who decided what about a candidate, and when.
CREATE TABLE review (
  review_id bigint GENERATED ALWAYS AS IDENTITY,
  city_id   integer NOT NULL,
  route_id  text NOT NULL,
  action    text NOT NULL,
  actor     text NOT NULL,
  at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT review_pkey PRIMARY KEY (review_id),
  CONSTRAINT review_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT review_action CHECK (action IN ('accept', 'retire'))
);
-- Usage: foreign key
CREATE INDEX review_city_idx ON review (city_id, review_id);
