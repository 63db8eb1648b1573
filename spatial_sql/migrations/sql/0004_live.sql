-- Vehicles that riders carry along: who agreed that theirs is seen, and what it is called for one ride.

-- What somebody said to being seen live, when, and by which text; the newest row counts. Apart from being recorded.
CREATE TABLE live_consent (
  live_consent_id bigint GENERATED ALWAYS AS IDENTITY,
  city_id         integer NOT NULL,
  contributor_id  integer NOT NULL,
  given           boolean NOT NULL,
  text_version    text NOT NULL,
  language        text NOT NULL,
  at              timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT live_consent_pkey PRIMARY KEY (live_consent_id),
  CONSTRAINT live_consent_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT live_consent_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor
);
-- Usage: live.get_consent, live.list_agreed, foreign key
CREATE INDEX live_consent_contributor_idx ON live_consent (contributor_id, live_consent_id);
-- Usage: live.list_agreed, foreign key
CREATE INDEX live_consent_city_idx ON live_consent (city_id);

-- The ride that a recorder is on and its made-up name, so that all processes say the same. Gone soon after the ride: then
-- nobody, we included, can tell whose that name was. It holds no place.
CREATE TABLE live_ride (
  contributor_id integer NOT NULL,
  recorder       text NOT NULL,
  city_id        integer NOT NULL,
  line           text NOT NULL,                  -- of which version of the feed, and its shape
  vehicle_id     text NOT NULL,
  trip_id        text NOT NULL,
  start_date     date NOT NULL,
  start_s        integer NOT NULL,
  last_s         double precision NOT NULL,      -- its newest passage
  CONSTRAINT live_ride_pkey PRIMARY KEY (contributor_id, recorder),
  CONSTRAINT live_ride_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  CONSTRAINT live_ride_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: live.delete_over, foreign key
CREATE INDEX live_ride_city_idx ON live_ride (city_id, last_s);
