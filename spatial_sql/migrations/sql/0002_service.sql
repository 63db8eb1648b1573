-- Running times, headways and fares with their intervals and samples.

-- Of the seconds, standing at the stop before; what one ride in ten stays below and above (null in releases made
-- before it was measured); who timed it, and how, as fuse/times.py names it.
ALTER TABLE running_time
  ADD COLUMN standing_s real NOT NULL DEFAULT 0,
  ADD COLUMN low_s      real,
  ADD COLUMN high_s     real,
  ADD COLUMN people     integer,
  ADD COLUMN method     text NOT NULL DEFAULT 'band',
  ADD CONSTRAINT running_time_standing CHECK (0 <= standing_s AND standing_s <= seconds),
  ADD CONSTRAINT running_time_order CHECK (0 < low_s AND low_s <= seconds AND seconds <= high_s),
  ADD CONSTRAINT running_time_method CHECK (method IN ('band', 'other_bands', 'pace', 'city_pace', 'assumed'));
UPDATE running_time SET method = 'pace' WHERE runs = 0;
ALTER TABLE running_time ALTER COLUMN standing_s DROP DEFAULT, ALTER COLUMN method DROP DEFAULT;

-- Who reported, and how irregular vehicles come: the standard deviation of gaps over their mean; null where unknown.
ALTER TABLE headway
  ADD COLUMN people integer,
  ADD COLUMN cv     real;

-- What a ride costs more in the rush hours; null where reports do not show that it does.
ALTER TABLE fare ADD COLUMN rush_surcharge numeric;

-- The steps of a fare that grows with the way: from so many metres ridden on, up to the next step.
CREATE TABLE stage_fare (
  network_id   integer NOT NULL,
  route_id     text NOT NULL,
  from_m       real NOT NULL,
  city_id      integer NOT NULL,
  amount       numeric NOT NULL,
  low          numeric NOT NULL,               -- four times in five the fare lies between the two
  high         numeric NOT NULL,
  currency     text NOT NULL,
  observations integer NOT NULL,
  people       integer,
  CONSTRAINT stage_fare_pkey PRIMARY KEY (network_id, route_id, from_m),
  CONSTRAINT stage_fare_route_fkey FOREIGN KEY (network_id, route_id) REFERENCES route ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT stage_fare_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT stage_fare_order CHECK (0 <= low AND low <= amount AND amount <= high)
);
-- Usage: foreign key
CREATE INDEX stage_fare_city_idx ON stage_fare (city_id);
