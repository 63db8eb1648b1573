-- Cities and the people and keys that belong to them.

CREATE EXTENSION IF NOT EXISTS postgis;

CREATE TABLE city (
  city_id     integer GENERATED ALWAYS AS IDENTITY,
  slug        text NOT NULL,
  name        text NOT NULL,
  timezone    text NOT NULL,
  currency    text NOT NULL,               -- ISO 4217
  language    text NOT NULL,               -- BCP 47, of the collectors' notes and the public page
  synthetic   boolean NOT NULL DEFAULT false,  -- made by the ride simulator; every page says so
  anchor      geometry(Point, 4326),       -- amid its first rides; a ride far from it is not of this city
  srid        integer,                     -- the UTM zone of the anchor; all metres of the city are measured in it
  words       jsonb NOT NULL DEFAULT '{}', -- the city's own additions to the word list of its language
  created_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT city_pkey PRIMARY KEY (city_id),
  -- Usage: city.get_city, every request and command
  CONSTRAINT city_slug_key UNIQUE (slug),
  CONSTRAINT city_slug_form CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  CONSTRAINT city_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT city_placed CHECK ((anchor IS NULL) = (srid IS NULL))
);

-- Someone who sends: known here by a pseudonym only.
CREATE TABLE contributor (
  contributor_id integer GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  pseudonym      text NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contributor_pkey PRIMARY KEY (contributor_id),
  CONSTRAINT contributor_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: city.get_or_insert_contributor
  CONSTRAINT contributor_pseudonym_key UNIQUE (city_id, pseudonym)
);

-- A key that lets one contributor send to one city; only its hash is kept.
CREATE TABLE token (
  token_id       integer GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  contributor_id integer NOT NULL,
  token_sha256   bytea NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT now(),
  revoked_at     timestamptz,
  CONSTRAINT token_pkey PRIMARY KEY (token_id),
  CONSTRAINT token_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT token_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  -- Usage: city.get_token, every ingest request
  CONSTRAINT token_sha256_key UNIQUE (token_sha256)
);
-- Usage: foreign key
CREATE INDEX token_city_idx ON token (city_id);
-- Usage: foreign key
CREATE INDEX token_contributor_idx ON token (contributor_id);
