-- How full vehicles leave the stops of a pattern, and how many people get on and off there, by band of the local day
-- (mapping_service/fuse/loads.py). A mean is null where nobody said; 0-86400 is the whole day.
CREATE TABLE load (
  network_id    integer NOT NULL,
  pattern_id    text NOT NULL,
  stop_sequence integer NOT NULL,
  band_start_s  integer NOT NULL,
  band_end_s    integer NOT NULL,
  city_id       integer NOT NULL,
  seats         real,                          -- share of seats taken, above 1 where people stand
  seats_low     real,                          -- four times in five the mean of all vehicles lies between the two
  seats_high    real,
  seats_runs    integer NOT NULL,              -- that told how full they were
  boarded       real,                          -- people per vehicle
  boarded_low   real,
  boarded_high  real,
  alighted      real,
  alighted_low  real,
  alighted_high real,
  counted_runs  integer NOT NULL,              -- that counted people
  people        integer,                       -- who said so, null where nobody was named
  CONSTRAINT load_pkey PRIMARY KEY (network_id, pattern_id, stop_sequence, band_start_s, band_end_s),
  CONSTRAINT load_stop_fkey FOREIGN KEY (network_id, pattern_id, stop_sequence)
    REFERENCES pattern_stop ON UPDATE CASCADE ON DELETE CASCADE,
  CONSTRAINT load_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT load_said CHECK (seats_runs > 0 OR counted_runs > 0),
  CONSTRAINT load_seats CHECK ((seats IS NULL) = (seats_runs = 0) AND 0 <= seats_low AND seats_low <= seats AND seats <= seats_high),
  CONSTRAINT load_boarded CHECK (0 <= boarded_low AND boarded_low <= boarded AND boarded <= boarded_high),
  CONSTRAINT load_alighted CHECK (0 <= alighted_low AND alighted_low <= alighted AND alighted <= alighted_high)
);
-- Usage: foreign key
CREATE INDEX load_city_idx ON load (city_id);
