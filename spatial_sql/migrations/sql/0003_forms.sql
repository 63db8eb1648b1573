-- Forms of a city and every version ever published: a phone may come back after weeks.
CREATE TABLE form (
  form_key    integer GENERATED ALWAYS AS IDENTITY,
  city_id     integer NOT NULL,
  form_id     text NOT NULL,                      -- as in the XForm, up to 249 characters
  title       text NOT NULL,
  state       text NOT NULL DEFAULT 'open',       -- closing: not listed, still accepted
  builtin     boolean NOT NULL DEFAULT false,     -- one of our own, read into reports
  created_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT form_pkey PRIMARY KEY (form_key),
  CONSTRAINT form_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: forms.get_version, forms.list_forms, foreign key
  CONSTRAINT form_id_key UNIQUE (city_id, form_id),
  CONSTRAINT form_state CHECK (state IN ('open', 'closing', 'closed'))
);

CREATE TABLE form_version (
  form_key    integer NOT NULL,
  version     text NOT NULL,                      -- '' where the form states none
  city_id     integer NOT NULL,
  xml         bytea NOT NULL,                     -- served unchanged for ever: its hash is what phones compare
  md5         text NOT NULL,
  xlsx        bytea,                              -- as uploaded, or built from our source
  source_name text,
  questions   jsonb NOT NULL,                     -- [{"path","type","label"}, …] in order
  media       text[] NOT NULL,                    -- file names that its manifest lists
  position    integer NOT NULL,                   -- 1, 2, …: the highest is current
  created_at  timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT form_version_pkey PRIMARY KEY (form_key, version),
  CONSTRAINT form_version_form_fkey FOREIGN KEY (form_key) REFERENCES form,
  CONSTRAINT form_version_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: forms.list_forms, the current version of each
  CONSTRAINT form_version_position_key UNIQUE (form_key, position)
);
-- Usage: foreign key
CREATE INDEX form_version_city_idx ON form_version (city_id);

-- Files that came with a form; lists of the city are made, not kept here.
CREATE TABLE form_file (
  form_key  integer NOT NULL,
  version   text NOT NULL,
  name      text NOT NULL,
  city_id   integer NOT NULL,
  md5       text NOT NULL,
  bytes     bytea NOT NULL,
  CONSTRAINT form_file_pkey PRIMARY KEY (form_key, version, name),
  CONSTRAINT form_file_version_fkey FOREIGN KEY (form_key, version) REFERENCES form_version,
  CONSTRAINT form_file_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: foreign key
CREATE INDEX form_file_city_idx ON form_file (city_id);
