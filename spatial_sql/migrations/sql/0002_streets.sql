-- The street network of a city and the runs matched to it.

-- One map of the streets for each city: loading another one replaces it.
CREATE TABLE street_network (
  city_id     integer NOT NULL,
  source      text NOT NULL,                   -- the name of the file, or of the place that was asked for
  dated_at    timestamptz,                     -- the source was current then; null: it does not say
  sha256      text NOT NULL,                   -- of the file; of the streets themselves where there was none
  digest      text NOT NULL,                   -- of the streets: what was made with others is out of date
  attribution text NOT NULL,                   -- what must be shown wherever the streets are
  loaded_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT street_network_pkey PRIMARY KEY (city_id),
  CONSTRAINT street_network_city_fkey FOREIGN KEY (city_id) REFERENCES city
);

-- Shapes of a release may lie on these streets, whatever streets the city has later.
ALTER TABLE network ADD COLUMN street_credit text;  -- what must be shown wherever the release is; null: nothing

-- A street from junction to junction, once for both directions. Junctions have no table: they lie at its ends.
CREATE TABLE street (
  city_id      integer NOT NULL,
  street_id    integer NOT NULL,               -- k: its directed edges are 2k (tail to head) and 2k + 1
  tail         integer NOT NULL,               -- junction in which it begins
  head         integer NOT NULL,
  against_out  boolean NOT NULL,               -- cars may not drive it from tail to head; buses are seen to
  against_back boolean NOT NULL,               -- nor from head to tail
  way_id       bigint NOT NULL,                -- in OpenStreetMap: the longest way that is part of it
  kind         text NOT NULL,                  -- the value of highway: primary, residential, …
  geom         geometry(LineString, 4326) NOT NULL,
  CONSTRAINT street_pkey PRIMARY KEY (city_id, street_id),
  CONSTRAINT street_network_fkey FOREIGN KEY (city_id) REFERENCES street_network ON DELETE CASCADE
);
-- Usage: street_tile
CREATE INDEX street_geom_idx ON street USING gist (geom);

-- Traffic signals and bus stops as the map knows them.
CREATE TABLE street_point (
  city_id         integer NOT NULL,
  street_point_id integer NOT NULL,
  kind            text NOT NULL,
  geom            geometry(Point, 4326) NOT NULL,
  CONSTRAINT street_point_pkey PRIMARY KEY (city_id, street_point_id),
  CONSTRAINT street_point_network_fkey FOREIGN KEY (city_id) REFERENCES street_network ON DELETE CASCADE,
  CONSTRAINT street_point_kind CHECK (kind IN ('signal', 'stop'))
);

-- Where a run went on the streets: its stretches in order. Empty arrays: it could not be matched.
CREATE TABLE run_match (
  run_id      bigint NOT NULL,
  city_id     integer NOT NULL,
  edge        integer[] NOT NULL,              -- directed edges; -1 off the mapped streets
  from_m      double precision[] NOT NULL,     -- where on its edge each stretch begins, in metres of the city's srid
  to_m        double precision[] NOT NULL,
  off_road    geometry(MultiLineString, 4326), -- the stretches with -1 as ridden, in order
  confidence  real NOT NULL,
  fingerprint text NOT NULL,                   -- streets, parameters and code that it was made with
  CONSTRAINT run_match_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_match_run_fkey FOREIGN KEY (run_id) REFERENCES run ON DELETE CASCADE,
  CONSTRAINT run_match_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT run_match_stretches CHECK (cardinality(edge) = cardinality(from_m) AND cardinality(edge) = cardinality(to_m)),
  CONSTRAINT run_match_confidence CHECK (confidence BETWEEN 0 AND 1)
);
-- Usage: streets.list_unmatched, streets.list_matches, foreign key
CREATE INDEX run_match_city_idx ON run_match (city_id, run_id);
