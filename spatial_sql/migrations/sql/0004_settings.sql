-- What a person settles about a city's feed: who answers for it, under which licence, and what a few of its rules are.

ALTER TABLE city
  ADD COLUMN publisher_name text,                -- null: Commonway and the city's name
  ADD COLUMN contact_email  text,
  ADD COLUMN contact_url    text,                -- null: the city's page
  ADD COLUMN licence        text,                -- SPDX id, null where it is not settled
  ADD COLUMN country        text,                -- ISO 3166-1 alpha-2: whose holidays and telephone numbers
  ADD COLUMN surveyed_once  text NOT NULL DEFAULT 'mark',     -- routes that rest on a single ride
  ADD COLUMN holidays       text NOT NULL DEFAULT 'as_usual', -- as_sunday: a person says that they run as on Sundays
  ADD CONSTRAINT city_country_form CHECK (country ~ '^[A-Z]{2}$'),
  ADD CONSTRAINT city_surveyed_once CHECK (surveyed_once IN ('mark', 'leave_out')),
  ADD CONSTRAINT city_holidays CHECK (holidays = 'as_usual' OR (holidays = 'as_sunday' AND country IS NOT NULL));

ALTER TABLE minted_id
  DROP CONSTRAINT minted_id_kind,
  ADD CONSTRAINT minted_id_kind CHECK (kind IN (
    'route', 'pattern', 'stop', 'station', 'service_point', 'virtual_stop', 'agency', 'booked_service'
  ));
