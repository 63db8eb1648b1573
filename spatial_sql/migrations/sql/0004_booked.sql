-- Services that come when they are called, within an area. People settle them in the accepted network, and a release
-- keeps its own copy.

CREATE TABLE booked_service (
  network_id   integer NOT NULL,
  booked_id    text NOT NULL,
  city_id      integer NOT NULL,
  name         text NOT NULL,
  agency_id    text,                             -- null: the informal operators of the city
  geom         geometry(Polygon, 4326) NOT NULL, -- where it picks up and sets down
  phone        text NOT NULL,                    -- where one books
  url          text,                             -- a page about it
  day_types    text[] NOT NULL,                  -- weekday, saturday, sunday
  start_s      integer NOT NULL,                 -- seconds after local midnight
  end_s        integer NOT NULL,
  notice_min   integer,                          -- minutes ahead of the ride, 0: at once; null: days ahead
  notice_days  integer,                          -- days ahead, up to book_until_s after that day's midnight
  book_until_s integer,
  CONSTRAINT booked_service_pkey PRIMARY KEY (network_id, booked_id),
  CONSTRAINT booked_service_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT booked_service_agency_fkey FOREIGN KEY (network_id, agency_id) REFERENCES agency
    ON DELETE SET NULL (agency_id),
  CONSTRAINT booked_service_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: booked.get_service
  CONSTRAINT booked_service_name_key UNIQUE (network_id, name),
  CONSTRAINT booked_service_days CHECK (day_types <@ ARRAY['weekday', 'saturday', 'sunday'] AND day_types <> '{}'),
  CONSTRAINT booked_service_hours CHECK (0 <= start_s AND start_s < end_s AND end_s <= 172800),
  CONSTRAINT booked_service_notice CHECK (
    (notice_min BETWEEN 0 AND 1439 AND notice_days IS NULL AND book_until_s IS NULL)
    OR (notice_min IS NULL AND notice_days BETWEEN 1 AND 60 AND book_until_s BETWEEN 0 AND 86399)
  )
);
-- Usage: foreign key
CREATE INDEX booked_service_agency_idx ON booked_service (network_id, agency_id);
-- Usage: foreign key
CREATE INDEX booked_service_city_idx ON booked_service (city_id);
