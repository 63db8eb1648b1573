-- Writes a clock time as GTFS does: HH:MM:SS, with hours that run on past 24.
-- Intervals are written so by the server's own style (IntervalStyle postgres), several times faster than by a pattern.
-- \param seconds  after midnight
-- \returns        "26:50:00" for 96600
CREATE OR REPLACE FUNCTION gtfs_time(seconds integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (seconds * interval '1 second')::text $$;
