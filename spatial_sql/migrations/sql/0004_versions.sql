-- Releases as versions: who published which and why, until when each pattern is vouched for, the files as they went
-- out, and what validators said of them.

ALTER TABLE network
  ADD COLUMN published_at   timestamptz,       -- of a release, null: withheld, only managers see it
  ADD COLUMN published_by   text,
  ADD COLUMN publish_reason text,              -- why a person published it although a validator found errors
  ADD COLUMN vouched        text,              -- why a person says that all of it still holds
  ADD CONSTRAINT network_published CHECK (
    (published_at IS NULL) = (published_by IS NULL) AND (publish_reason IS NULL OR published_at IS NOT NULL)
    AND (kind = 'release' OR published_at IS NULL)
  );
-- What was released before was public at once.
UPDATE network SET published_at = created_at, published_by = 'release' WHERE kind = 'release';
-- Usage: networks.get_newest_release, published.list_releases
CREATE INDEX network_published_idx ON network (city_id, release_number) WHERE published_at IS NOT NULL;

-- Of a released pattern: the last day for which what is known of it is said to hold; null in other networks.
ALTER TABLE pattern ADD COLUMN valid_until date;
UPDATE pattern p SET valid_until = n.valid_from + 180
FROM network n WHERE n.network_id = p.network_id AND n.kind = 'release';

-- A file of a release as it goes out. Of a published release it never changes.
CREATE TABLE release_file (
  network_id integer NOT NULL,
  name       text NOT NULL,                    -- gtfs.zip, evidence.csv
  city_id    integer NOT NULL,
  sha256     text NOT NULL,                    -- of its bytes, in hexadecimal
  size_bytes bigint NOT NULL,
  made_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT release_file_pkey PRIMARY KEY (network_id, name),
  CONSTRAINT release_file_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT release_file_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT release_file_digest CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
-- Usage: foreign key
CREATE INDEX release_file_city_idx ON release_file (city_id);

-- The bytes of a file, in parts, so that nobody has to hold all of a large feed at once.
CREATE TABLE release_file_part (
  network_id integer NOT NULL,
  name       text NOT NULL,
  part       integer NOT NULL,                 -- from 0
  city_id    integer NOT NULL,
  bytes      bytea NOT NULL,
  CONSTRAINT release_file_part_pkey PRIMARY KEY (network_id, name, part),
  CONSTRAINT release_file_part_file_fkey FOREIGN KEY (network_id, name) REFERENCES release_file ON DELETE CASCADE,
  CONSTRAINT release_file_part_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: foreign key
CREATE INDEX release_file_part_city_idx ON release_file_part (city_id);
-- Most are zips, which do not get smaller.
ALTER TABLE release_file_part ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What a validator said of a file of a release.
CREATE TABLE release_check (
  network_id integer NOT NULL,
  name       text NOT NULL,                    -- of the file
  validator  text NOT NULL,                    -- gtfs-validator, gtfs-guru
  city_id    integer NOT NULL,
  version    text NOT NULL,                    -- of the validator
  day        date NOT NULL,                    -- for which it judged
  took_s     real NOT NULL,
  errors     integer NOT NULL,
  warnings   integer NOT NULL,
  infos      integer NOT NULL,
  failure    text,                             -- why there is no report; counts as an error
  notices    jsonb NOT NULL,                   -- [{"code", "severity", "total", "samples": [{…}]}], errors first
  CONSTRAINT release_check_pkey PRIMARY KEY (network_id, name, validator),
  CONSTRAINT release_check_file_fkey FOREIGN KEY (network_id, name) REFERENCES release_file ON DELETE CASCADE,
  CONSTRAINT release_check_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT release_check_failure CHECK (failure IS NULL OR errors > 0)
);
-- Usage: foreign key
CREATE INDEX release_check_city_idx ON release_check (city_id);
