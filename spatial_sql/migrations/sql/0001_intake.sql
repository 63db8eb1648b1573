-- What was sent, as it was sent, and what it turned out to be.

-- Raw bytes, stored before anything reads them and never changed: one row for each distinct content of a city.
CREATE TABLE inbox (
  inbox_id    bigint GENERATED ALWAYS AS IDENTITY,
  city_id     integer NOT NULL,
  sha256      bytea NOT NULL,
  bytes       bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT inbox_pkey PRIMARY KEY (inbox_id),
  CONSTRAINT inbox_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: intake.insert_inbox, the same bytes twice are one row
  CONSTRAINT inbox_sha256_key UNIQUE (city_id, sha256)
);
-- Already compressed columns gain nothing; GPX shrinks tenfold.
ALTER TABLE inbox ALTER COLUMN bytes SET COMPRESSION pglz;

-- Each name under which bytes arrived.
CREATE TABLE arrival (
  arrival_id     bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  inbox_id       bigint NOT NULL,
  file_name      text NOT NULL,
  file_key       text NOT NULL,                 -- the name without folder and ending: what hints speak of
  contributor_id integer,
  received_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT arrival_pkey PRIMARY KEY (arrival_id),
  CONSTRAINT arrival_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT arrival_inbox_fkey FOREIGN KEY (inbox_id) REFERENCES inbox,
  CONSTRAINT arrival_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  -- Usage: intake.insert_arrival, a second import of the same files adds nothing
  CONSTRAINT arrival_name_key UNIQUE (inbox_id, file_name)
);
-- Usage: intake.list_outcomes
CREATE INDEX arrival_city_idx ON arrival (city_id, arrival_id);
-- Usage: runs.list_runs, which claims speak of a submission
CREATE INDEX arrival_key_idx ON arrival (city_id, file_key);
-- Usage: foreign key
CREATE INDEX arrival_contributor_idx ON arrival (contributor_id);

CREATE TYPE submission_status AS ENUM (
  'received',    -- in the inbox, not read yet
  'accepted',    -- received -> accepted: read, and used
  'duplicate',   -- received -> duplicate: says what another submission says already
  'quarantined'  -- received -> quarantined: kept, not used, until a person releases it
);

-- What the bytes are: one row for each inbox row.
CREATE TABLE submission (
  submission_id  bigint NOT NULL,
  city_id        integer NOT NULL,
  status         submission_status NOT NULL DEFAULT 'received',
  reason_code    text,
  reason         jsonb NOT NULL DEFAULT '{}',   -- the values of the reason's sentence
  duplicate_of   bigint,
  released_at    timestamptz,                   -- a person said: use it all the same
  contributor_id integer,
  creator        text,
  notices        jsonb NOT NULL DEFAULT '[]',
  read_at        timestamptz,
  CONSTRAINT submission_pkey PRIMARY KEY (submission_id),
  CONSTRAINT submission_inbox_fkey FOREIGN KEY (submission_id) REFERENCES inbox,
  CONSTRAINT submission_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT submission_duplicate_of_fkey FOREIGN KEY (duplicate_of) REFERENCES submission,
  CONSTRAINT submission_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  CONSTRAINT submission_reason_given CHECK (reason_code IS NOT NULL OR status IN ('received', 'accepted'))
);
-- Usage: intake.list_unread, intake.count_by_status, intake.list_quarantined
CREATE INDEX submission_status_idx ON submission (city_id, status, submission_id);
-- Usage: foreign key
CREATE INDEX submission_duplicate_of_idx ON submission (duplicate_of) WHERE duplicate_of IS NOT NULL;
-- Usage: foreign key
CREATE INDEX submission_contributor_idx ON submission (contributor_id);

-- The positions of one submission. M is epoch seconds; the arrays run along the line's points.
CREATE TABLE trace (
  submission_id  bigint NOT NULL,
  city_id        integer NOT NULL,
  geom           geometry(LineStringZM, 4326) NOT NULL,
  accuracy_m     real[],                        -- null: the recorder never gave any
  speed_mps      real[],
  segment_starts integer[] NOT NULL,
  started_at     timestamptz,
  ended_at       timestamptz,
  cleaned_at     timestamptz,                   -- null: its runs are still to be made
  CONSTRAINT trace_pkey PRIMARY KEY (submission_id),
  CONSTRAINT trace_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT trace_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: runs.list_uncleaned
CREATE INDEX trace_uncleaned_idx ON trace (city_id, submission_id) WHERE cleaned_at IS NULL;
-- Usage: foreign key
CREATE INDEX trace_city_idx ON trace (city_id, submission_id);

-- What a collector said at one place and moment.
CREATE TABLE report (
  report_id      bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  submission_id  bigint NOT NULL,
  waypoint       integer NOT NULL,             -- position of its mark in the file
  kind           text NOT NULL,
  geom           geometry(Point, 4326) NOT NULL,
  at             timestamptz,
  text           text NOT NULL,                -- as typed
  name           text,
  amount         numeric,                      -- in the city's currency
  wait_s         integer,
  occupancy      text,
  cancelled      boolean NOT NULL DEFAULT false,
  CONSTRAINT report_pkey PRIMARY KEY (report_id),
  CONSTRAINT report_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT report_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT report_kind CHECK (kind IN ('stop', 'occupancy', 'fare', 'wait', 'departure', 'arrival', 'cancel', 'other', 'unread')),
  CONSTRAINT report_occupancy CHECK (occupancy IN ('empty', 'half', 'full', 'crowded'))
);
-- Usage: runs.list_reports
CREATE INDEX report_submission_idx ON report (submission_id, waypoint);
-- Usage: intake.list_unread_notes, foreign key
CREATE INDEX report_city_idx ON report (city_id, kind, report_id);

-- What somebody says about a file: a hint for names, never for grouping.
CREATE TABLE claim (
  city_id     integer NOT NULL,
  file_key    text NOT NULL,                   -- the file's name without folder and ending
  line        text,
  direction   text,
  label       text,
  peak        boolean,
  contributor text,
  CONSTRAINT claim_pkey PRIMARY KEY (city_id, file_key),
  CONSTRAINT claim_city_fkey FOREIGN KEY (city_id) REFERENCES city
);

-- A cleaned ride in one direction, from where it left its first terminal to where it reached its last.
CREATE TABLE run (
  run_id         bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  submission_id  bigint NOT NULL,
  part           smallint NOT NULL,            -- 0, 1, …: a trace with long gaps holds several
  geom           geometry(LineStringM, 4326) NOT NULL,
  started_at     timestamptz NOT NULL,
  ended_at       timestamptz NOT NULL,
  lead_in_s      real NOT NULL,                -- standing at the first terminal, cut from the ride
  lead_out_s     real NOT NULL,
  length_m       real NOT NULL,
  dwells         jsonb NOT NULL,               -- [{"start_s","end_s","lon","lat"}, …]
  dropped        jsonb NOT NULL,               -- {"reason": count}
  settled        boolean NOT NULL DEFAULT false, -- compared with the runs of the same hour
  CONSTRAINT run_pkey PRIMARY KEY (run_id),
  CONSTRAINT run_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT run_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: runs.list_runs, foreign key
  CONSTRAINT run_part_key UNIQUE (submission_id, part)
);
-- Usage: runs.list_runs
CREATE INDEX run_city_idx ON run (city_id, submission_id, part);
-- Usage: runs.list_meetings, which runs were near one another at one time
CREATE INDEX run_geom_idx ON run USING gist (geom);
