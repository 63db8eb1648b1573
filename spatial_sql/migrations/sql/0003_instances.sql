-- A filled form: its XML is the inbox row of its submission, byte for byte.
CREATE TABLE instance (
  submission_id bigint NOT NULL,
  city_id       integer NOT NULL,
  form_id       text NOT NULL,                    -- as the XML states it, known here or not
  version       text NOT NULL,
  instance_id   text NOT NULL,                    -- made from the XML's hash where it states none, or where it is taken
  supersedes    bigint,                           -- the version that this one edits
  device_id     text,
  complete      boolean NOT NULL,                 -- false: more files are to come
  answers       jsonb NOT NULL DEFAULT '{}',      -- every question by its path, once read
  CONSTRAINT instance_pkey PRIMARY KEY (submission_id),
  CONSTRAINT instance_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT instance_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT instance_supersedes_fkey FOREIGN KEY (supersedes) REFERENCES instance ON DELETE SET NULL,
  -- Usage: instances.insert_instance, instances.get_instance, one row however often it is sent; foreign key
  CONSTRAINT instance_id_key UNIQUE (city_id, form_id, instance_id)
);
-- Usage: instances.insert_instance, one edit of each version; foreign key
CREATE UNIQUE INDEX instance_supersedes_idx ON instance (supersedes) WHERE supersedes IS NOT NULL;

-- The files of a filled form. The bytes are rows of the inbox like any others; null: named in the XML, not here yet.
CREATE TABLE attachment (
  submission_id bigint NOT NULL,
  name          text NOT NULL,
  city_id       integer NOT NULL,
  inbox_id      bigint,
  named         boolean NOT NULL,                 -- the XML names it; others are kept aside, and not read
  received_at   timestamptz,
  CONSTRAINT attachment_pkey PRIMARY KEY (submission_id, name),
  CONSTRAINT attachment_instance_fkey FOREIGN KEY (submission_id) REFERENCES instance ON DELETE CASCADE,
  CONSTRAINT attachment_inbox_fkey FOREIGN KEY (inbox_id) REFERENCES inbox,
  CONSTRAINT attachment_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: foreign key
CREATE INDEX attachment_inbox_idx ON attachment (inbox_id) WHERE inbox_id IS NOT NULL;
-- Usage: foreign key
CREATE INDEX attachment_city_idx ON attachment (city_id);
