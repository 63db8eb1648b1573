-- People who send: what they agreed to, what their keys may do, and what kind of thing a submission is.

ALTER TABLE contributor
  ADD COLUMN erased_at timestamptz;               -- all they sent is gone, and their pseudonym with it

ALTER TABLE token
  ADD COLUMN role  text NOT NULL DEFAULT 'collector',
  ADD COLUMN label text NOT NULL DEFAULT '',      -- which phone, in the manager's words
  ADD CONSTRAINT token_role CHECK (role IN ('collector', 'manager'));

-- What somebody agreed to, when, and by which text; the newest row counts.
CREATE TABLE consent (
  consent_id     bigint GENERATED ALWAYS AS IDENTITY,
  city_id        integer NOT NULL,
  contributor_id integer NOT NULL,
  given          boolean NOT NULL,
  text_version   text NOT NULL,                   -- of the consent text that was shown
  language       text NOT NULL,
  via            text NOT NULL,
  at             timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT consent_pkey PRIMARY KEY (consent_id),
  CONSTRAINT consent_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT consent_contributor_fkey FOREIGN KEY (contributor_id) REFERENCES contributor,
  CONSTRAINT consent_via CHECK (via IN ('setup', 'page', 'form', 'paper'))
);
-- Usage: people.get_consent, foreign key
CREATE INDEX consent_contributor_idx ON consent (contributor_id, consent_id);
-- Usage: foreign key
CREATE INDEX consent_city_idx ON consent (city_id);

ALTER TABLE city
  ADD COLUMN keep_unknown boolean NOT NULL DEFAULT true;  -- forms unknown, closed or not of this city: kept and set aside, not refused

ALTER TABLE submission
  ADD COLUMN kind text NOT NULL DEFAULT 'file',
  ADD CONSTRAINT submission_kind CHECK (kind IN ('file', 'instance', 'record', 'trail'));

-- The submission whose trace a report belongs to, where that is another one than its own; details: what has no column.
ALTER TABLE report
  ADD COLUMN ride_id bigint,
  ADD COLUMN subject text,                        -- public id of the stop, route or service point it is about
  ADD COLUMN details jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT report_ride_fkey FOREIGN KEY (ride_id) REFERENCES submission ON DELETE SET NULL;
ALTER TABLE report DROP CONSTRAINT report_kind;
ALTER TABLE report
  ADD CONSTRAINT report_kind CHECK (kind IN (
    'stop', 'occupancy', 'fare', 'wait', 'departure', 'arrival', 'cancel', 'other', 'unread', 'boarding', 'count', 'visit', 'correction'
  ));
-- Usage: foreign key
CREATE INDEX report_ride_idx ON report (ride_id) WHERE ride_id IS NOT NULL;

-- A service point outlives the person who sent it where it has been accepted or released.
ALTER TABLE service_point
  ALTER COLUMN submission_id DROP NOT NULL;
ALTER TABLE service_point DROP CONSTRAINT service_point_submission_fkey;
ALTER TABLE service_point
  ADD CONSTRAINT service_point_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE SET NULL;

-- Whoever sends a file has sent it, also where somebody else did before under the same name.
ALTER TABLE arrival DROP CONSTRAINT arrival_name_key;
ALTER TABLE arrival
  -- Usage: intake.insert_arrival, a second import of the same files adds nothing
  ADD CONSTRAINT arrival_name_key UNIQUE NULLS NOT DISTINCT (inbox_id, file_name, contributor_id);
