-- Doubts about traces, and how reliable contributors have been.

-- How a run moved, as keys that a copy of it shares (mapping_service/trust/shingles.py), and how it looks.
CREATE TABLE signature (
  city_id        integer NOT NULL,
  submission_id  bigint NOT NULL,
  part           smallint NOT NULL,
  keys           bigint[] NOT NULL,
  at_s           double precision[] NOT NULL,   -- when, one value per key
  ahead          boolean[] NOT NULL,            -- which way, one value per key
  roughness      real,                          -- m per root second; null: too little of it moves to tell
  whiteness      real,
  straight_share real,
  steady_share   real,
  compared       boolean NOT NULL DEFAULT false, -- with all that came before it and after it
  CONSTRAINT signature_pkey PRIMARY KEY (submission_id, part),
  CONSTRAINT signature_run_fkey FOREIGN KEY (submission_id, part) REFERENCES run (submission_id, part) ON DELETE CASCADE,
  CONSTRAINT signature_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: trust.list_alike; what was added last must be found as fast as the rest
CREATE INDEX signature_keys_idx ON signature USING gin (keys) WITH (fastupdate = off);
-- Usage: trust.list_uncompared, trust.list_looks, foreign key
CREATE INDEX signature_city_idx ON signature (city_id, submission_id, part);

-- A submission that repeats an earlier one, and how.
CREATE TABLE likeness (
  city_id       integer NOT NULL,
  submission_id bigint NOT NULL,
  original_id   bigint NOT NULL,               -- the earlier submission
  share         real NOT NULL,                 -- of the way that repeats it
  shift_s       double precision NOT NULL,     -- later than the original by; backwards: the sum of both times
  backwards     boolean NOT NULL,
  moved_m       real NOT NULL,                 -- beside the original by
  CONSTRAINT likeness_pkey PRIMARY KEY (submission_id, original_id),
  CONSTRAINT likeness_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT likeness_original_fkey FOREIGN KEY (original_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT likeness_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT likeness_original_is_earlier CHECK (original_id < submission_id)
);
-- Usage: foreign key
CREATE INDEX likeness_original_idx ON likeness (original_id);
-- Usage: trust.list_likenesses, foreign key
CREATE INDEX likeness_city_idx ON likeness (city_id, submission_id);

-- What speaks against a submission, all taken together. Who is not here is trusted in full.
CREATE TABLE judgement (
  city_id       integer NOT NULL,
  submission_id bigint NOT NULL,
  probability   real NOT NULL,                 -- that it is no record of a ride
  weight        real NOT NULL,                 -- of its vote, 0-1, where it counts
  doubts        jsonb NOT NULL,                -- [{"code","log_odds","details"}, …], the heaviest first
  CONSTRAINT judgement_pkey PRIMARY KEY (submission_id),
  CONSTRAINT judgement_submission_fkey FOREIGN KEY (submission_id) REFERENCES submission ON DELETE CASCADE,
  CONSTRAINT judgement_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT judgement_probability CHECK (probability BETWEEN 0 AND 1),
  CONSTRAINT judgement_weight CHECK (weight BETWEEN 0 AND 1)
);
-- Usage: trust.list_doubts, foreign key
CREATE INDEX judgement_city_idx ON judgement (city_id, submission_id);

-- How reliable each contributor has been in each domain. Never published: people are known inside only.
CREATE TABLE reliability (
  city_id integer NOT NULL,
  domain  text NOT NULL,                       -- trace, stop, fare, wait
  person  text NOT NULL,                       -- pseudonym, or as the hints name them
  claims  real NOT NULL,                       -- that the others could judge; old ones count less
  errors  real NOT NULL,
  weight  real NOT NULL,                       -- of their word; 1 for the middle one
  low     real NOT NULL,                       -- share of right claims, lower bound: for display
  CONSTRAINT reliability_pkey PRIMARY KEY (city_id, domain, person),
  CONSTRAINT reliability_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
