-- One recorder of one person: a phone's tracker, or one ride of the collector page.
CREATE TABLE stream (
  stream_id      bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  contributor_id integer NOT NULL,
  kind           text NOT NULL,
  device         text NOT NULL,                   -- of the page: the ride's uuid; of trackers: a hash of what they call themselves
  changed_from_s double precision,                -- fix times that are still to be assembled; null: none
  changed_to_s   double precision,
  changed_at     timestamptz,                     -- when the last of them came
  finished       boolean NOT NULL DEFAULT false,  -- the page said that all chunks are there
  CONSTRAINT stream_pkey PRIMARY KEY (stream_id),
  CONSTRAINT stream_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT stream_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  -- Usage: messages.get_or_insert_stream, foreign key
  CONSTRAINT stream_device_key UNIQUE (contributor_id, kind, device)
);
-- Usage: messages.list_due
CREATE INDEX stream_changed_idx ON stream (city_id, stream_id) WHERE changed_from_s IS NOT NULL;
-- Usage: foreign key
CREATE INDEX stream_city_idx ON stream (city_id);

-- The rides found in a stream: from when to when, and the document that holds each.
CREATE TABLE trail (
  stream_id     bigint NOT NULL,
  submission_id bigint NOT NULL,
  city_id       integer NOT NULL,
  first_s       double precision NOT NULL,
  last_s        double precision NOT NULL,
  CONSTRAINT trail_pkey PRIMARY KEY (stream_id, first_s),
  CONSTRAINT trail_stream_fkey FOREIGN KEY (stream_id) REFERENCES stream,
  CONSTRAINT trail_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT trail_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT trail_order CHECK (first_s <= last_s)
);
-- Usage: foreign key
CREATE INDEX trail_submission_idx ON trail (submission_id);
-- Usage: foreign key
CREATE INDEX trail_city_idx ON trail (city_id);

-- Usage: runs.list_continued, runs.join_reports
CREATE INDEX trace_started_idx ON trace (city_id, started_at);

-- What trackers and the collector page send while they record: raw, one row per request, never changed.
CREATE TABLE message (
  message_id     bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  token_id       integer,                         -- null: brought by commonway import
  contributor_id integer NOT NULL,
  kind           text NOT NULL,                   -- whose wire format: units differ by client, never by parameter
  device         text NOT NULL,                   -- as its request names it outside the body; '' if it does not
  query          text NOT NULL,                   -- the query string as sent
  name           text,                            -- client-made id ("<uuid>/3"), of page chunks only
  sha256         bytea NOT NULL,                  -- over kind, device, query, name and bytes
  bytes          bytea NOT NULL,                  -- the body as sent
  received_at    timestamptz NOT NULL DEFAULT now(),
  read_at        timestamptz,                     -- null: not read yet
  stream_id      bigint,
  points         integer,                         -- what reading found: usable positions …
  first_s        double precision,                -- … from when to when (fix times) …
  last_s         double precision,
  accuracy_m     real,                            -- … their median accuracy, and the battery, 0–1
  battery        real,
  problem_code   text,                            -- why it could not be used, wholly or in part
  problem        jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT message_pkey PRIMARY KEY (message_id),
  CONSTRAINT message_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT message_token_fkey FOREIGN KEY (token_id) REFERENCES token,
  CONSTRAINT message_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  CONSTRAINT message_stream_fkey FOREIGN KEY (stream_id) REFERENCES stream,
  CONSTRAINT message_kind CHECK (kind IN ('osmand', 'gpslogger', 'traccar', 'owntracks', 'overland', 'page')),
  -- Usage: messages.insert_messages, the same request twice is one row
  CONSTRAINT message_sha256_key UNIQUE (contributor_id, sha256),
  -- Usage: messages.get_named, a chunk sent again must have the same bytes
  CONSTRAINT message_name_key UNIQUE (contributor_id, name)
);
-- Usage: messages.list_unread
CREATE INDEX message_unread_idx ON message (city_id, message_id) WHERE read_at IS NULL;
-- Usage: messages.list_of_stream, foreign key; what changes is nearly always the newest
CREATE INDEX message_stream_idx ON message (stream_id, last_s);
-- Usage: messages.list_latest, foreign key
CREATE INDEX message_token_idx ON message (token_id, received_at);
-- Usage: messages.list_names, which chunks of a ride have come
CREATE INDEX message_ride_idx ON message (contributor_id, device) WHERE kind = 'page';
-- Usage: messages.list_problems
CREATE INDEX message_problem_idx ON message (city_id, message_id) WHERE problem_code IS NOT NULL;
-- Usage: foreign key
CREATE INDEX message_city_idx ON message (city_id);
