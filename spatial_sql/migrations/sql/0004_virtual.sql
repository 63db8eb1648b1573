-- Places along hailed stretches at which trip planners can let people get on and off, as they know of stops only.
-- Nothing stands there. They are made with a release and keep their ids from one to the next.
CREATE TABLE virtual_stop (
  network_id  integer NOT NULL,
  pattern_id  text NOT NULL,
  dist_m      real NOT NULL,                     -- along the pattern
  city_id     integer NOT NULL,
  stop_id     text NOT NULL,                     -- patterns on one street in one direction share it
  geom        geometry(Point, 4326) NOT NULL,
  heading_deg real NOT NULL,                     -- counterclockwise from east, of who rides by
  CONSTRAINT virtual_stop_pkey PRIMARY KEY (network_id, pattern_id, dist_m),
  CONSTRAINT virtual_stop_pattern_fkey FOREIGN KEY (network_id, pattern_id) REFERENCES pattern ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT virtual_stop_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: virtual.list_places, foreign key
CREATE INDEX virtual_stop_city_idx ON virtual_stop (city_id, stop_id);
