-- Stations, hail-and-ride stretches, and places that may be stops.

-- Stops that belong together: the two kerbs of one place, or the stands of a terminal.
CREATE TABLE station (
  network_id  integer NOT NULL,
  station_id  text NOT NULL,
  city_id     integer NOT NULL,
  name        text,                            -- null: none of its stops has one
  geom        geometry(Point, 4326) NOT NULL,  -- amid its stops
  CONSTRAINT station_pkey PRIMARY KEY (network_id, station_id),
  CONSTRAINT station_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT station_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: foreign key
CREATE INDEX station_city_idx ON station (city_id);

ALTER TABLE stop
  ADD COLUMN station_id text,                  -- null: it stands alone
  ADD CONSTRAINT stop_station_fkey FOREIGN KEY (network_id, station_id) REFERENCES station
    ON UPDATE CASCADE ON DELETE SET NULL (station_id);
-- Usage: networks.copy_stations, published.list_stops, foreign key
CREATE INDEX stop_station_idx ON stop (network_id, station_id);

ALTER TABLE minted_id
  DROP CONSTRAINT minted_id_kind,
  ADD CONSTRAINT minted_id_kind CHECK (kind IN ('route', 'pattern', 'stop', 'station', 'service_point'));

-- Where on a pattern riders hail the vehicle: halts are many, and no place holds them.
CREATE TABLE hail_stretch (
  network_id integer NOT NULL,
  pattern_id text NOT NULL,
  from_m     real NOT NULL,                    -- along the shape
  to_m       real NOT NULL,
  city_id    integer NOT NULL,
  halts      integer NOT NULL,                 -- that were seen there
  runs       integer NOT NULL,                 -- that made them
  CONSTRAINT hail_stretch_pkey PRIMARY KEY (network_id, pattern_id, from_m),
  CONSTRAINT hail_stretch_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT hail_stretch_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT hail_stretch_order CHECK (0 <= from_m AND from_m < to_m)
);
-- Usage: foreign key
CREATE INDEX hail_stretch_city_idx ON hail_stretch (city_id);

-- Where vehicles of a pattern halt and nobody can say yet whether it is a stop: for people who know the place.
CREATE TABLE stop_candidate (
  network_id  integer NOT NULL,
  pattern_id  text NOT NULL,
  dist_m      real NOT NULL,                   -- along the shape
  city_id     integer NOT NULL,
  geom        geometry(Point, 4326) NOT NULL,
  runs        integer NOT NULL,                -- that stood or reported here
  runs_past   integer NOT NULL,
  probability real NOT NULL,                   -- that it is a stop
  CONSTRAINT stop_candidate_pkey PRIMARY KEY (network_id, pattern_id, dist_m),
  CONSTRAINT stop_candidate_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT stop_candidate_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT stop_candidate_support CHECK (runs <= runs_past),
  CONSTRAINT stop_candidate_probability CHECK (probability BETWEEN 0 AND 1)
);
-- Usage: foreign key
CREATE INDEX stop_candidate_city_idx ON stop_candidate (city_id);
