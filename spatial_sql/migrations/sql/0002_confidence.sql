-- From what the confidence of a pattern comes: kept with it, so that it can be told in words, and fitted again on what
-- reviewers decided.

ALTER TABLE pattern ADD COLUMN signs jsonb NOT NULL DEFAULT '{}';  -- mapping_service.fuse.signs; {} before there were any
