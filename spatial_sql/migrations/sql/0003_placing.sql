-- Where each ride that came since the candidate network was made belongs in it, as making it anew will have it.
CREATE TABLE run_placement (
  run_id       bigint NOT NULL,
  city_id      integer NOT NULL,
  role         text NOT NULL,                  -- as in pattern_run; new: no ride before it went this way
  route_id     text,                           -- of the candidate network; null: new, or as near to several routes
  direction_id smallint,
  CONSTRAINT run_placement_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_placement_run_fkey FOREIGN KEY (run_id) REFERENCES run ON DELETE CASCADE,
  CONSTRAINT run_placement_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT run_placement_role CHECK (role IN ('full', 'partial', 'alternative', 'new')),
  CONSTRAINT run_placement_route CHECK ((route_id IS NULL) = (direction_id IS NULL))
);
-- Usage: relations.delete_placements, foreign key
CREATE INDEX run_placement_city_idx ON run_placement (city_id);
