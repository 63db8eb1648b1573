-- What streets are called, and what stops without a name are called after them.
ALTER TABLE street ADD COLUMN name text;  -- of its way; null: it has none, or the map was loaded before names were read

-- Where streets of different names meet, each crossing with the two that are known best.
CREATE TABLE crossing (
  city_id     integer NOT NULL,
  junction    integer NOT NULL,
  geog        geography(Point, 4326) NOT NULL,
  first_name  text NOT NULL,
  second_name text NOT NULL,
  CONSTRAINT crossing_pkey PRIMARY KEY (city_id, junction),
  CONSTRAINT crossing_network_fkey FOREIGN KEY (city_id) REFERENCES street_network ON DELETE CASCADE
);
-- Usage: crossings.list_names
CREATE INDEX crossing_geog_idx ON crossing USING gist (geog);

-- The streets at which a stop without a name lies. Worked out with a release, as streets are replaced.
CREATE TABLE stop_street (
  network_id integer NOT NULL,
  stop_id    text NOT NULL,                      -- of a stop or of a virtual stop
  city_id    integer NOT NULL,
  name       text NOT NULL,                      -- "A / B" of a crossing, else the street
  method     text NOT NULL,
  CONSTRAINT stop_street_pkey PRIMARY KEY (network_id, stop_id),
  CONSTRAINT stop_street_network_fkey FOREIGN KEY (network_id) REFERENCES network,
  CONSTRAINT stop_street_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT stop_street_method CHECK (method IN ('crossing', 'nearest_crossing', 'street'))
);
-- Usage: foreign key
CREATE INDEX stop_street_city_idx ON stop_street (city_id);
