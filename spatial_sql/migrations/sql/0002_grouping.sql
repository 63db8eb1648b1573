-- What grouping remembers between two processings.

-- Why a pattern is kept beside the main one of its direction (mapping_service.fuse.variants); null and {} for that one,
-- and in releases made before there were reasons.
ALTER TABLE pattern
  ADD COLUMN reason_code text,
  ADD COLUMN reason      jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT pattern_reason CHECK ((reason_code IS NULL) = (reason = '{}'));
