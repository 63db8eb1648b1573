-- Writes a clock time as GTFS does: HH:MM:SS, with hours that run on past 24.
-- \param seconds  after midnight
-- \returns        "26:50:00" for 96600
CREATE OR REPLACE FUNCTION gtfs_time(seconds integer) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT to_char(seconds / 3600 * 10000 + seconds / 60 % 60 * 100 + seconds % 60, 'FM9900":"00":"00') $$;
