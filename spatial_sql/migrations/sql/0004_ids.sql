-- Public ids that were given up, and names that a person chose.

-- Which id holds the rides or the place of one that was given up. An id that is live again has no row here, and the
-- new ids are always the last of their chain, so that one step leads to what is there now.
CREATE TABLE id_alias (
  city_id integer NOT NULL,
  kind    text NOT NULL,
  old_id  text NOT NULL,
  new_id  text NOT NULL,
  since   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT id_alias_pkey PRIMARY KEY (city_id, kind, old_id),
  CONSTRAINT id_alias_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT id_alias_kind CHECK (kind IN ('route', 'pattern', 'stop', 'station')),
  CONSTRAINT id_alias_other CHECK (old_id <> new_id)
);
-- Usage: ids.lead_on
CREATE INDEX id_alias_new_idx ON id_alias (city_id, kind, new_id);

-- What a person called an element, in place of what riders' votes or its stops say. The accepted network holds what was
-- chosen, whatever is inferred anew; a release those of its elements. Candidates are shown under these names too.
CREATE TABLE chosen_name (
  network_id integer NOT NULL,
  kind       text NOT NULL,
  element_id text NOT NULL,
  field      text NOT NULL,
  city_id    integer NOT NULL,
  name       text NOT NULL,
  actor      text NOT NULL,
  at         timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT chosen_name_pkey PRIMARY KEY (network_id, kind, element_id, field),
  CONSTRAINT chosen_name_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT chosen_name_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT chosen_name_field CHECK (
    (kind, field) IN (('route', 'short_name'), ('route', 'long_name'), ('pattern', 'headsign'), ('stop', 'name'), ('station', 'name'))
  ),
  CONSTRAINT chosen_name_said CHECK (name <> '')
);
-- Usage: foreign key
CREATE INDEX chosen_name_city_idx ON chosen_name (city_id);
