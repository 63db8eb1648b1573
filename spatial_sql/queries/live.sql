-- Vehicles that riders carry along and agreed to show.

-- name: insert_consent
-- What somebody said to being seen live. Params: city_id, contributor_id, given, text_version, language.
INSERT INTO live_consent (city_id, contributor_id, given, text_version, language)
VALUES (:city_id, :contributor_id, :given, :text_version, :language);

-- name: get_consent
-- What somebody said last to being seen live. Params: contributor_id.
SELECT given, at
FROM live_consent
WHERE contributor_id = :contributor_id
ORDER BY live_consent_id DESC
LIMIT 1;

-- name: list_consents
-- All that somebody said to being seen live, in order. Params: contributor_id.
SELECT given, text_version, language, at FROM live_consent WHERE contributor_id = :contributor_id ORDER BY live_consent_id;

-- name: delete_rides
-- Forget the rides of somebody and what they are called. Params: contributor_id.
DELETE FROM live_ride WHERE contributor_id = :contributor_id;

-- name: delete_consents
-- Forget what somebody said to being seen live. Params: contributor_id.
DELETE FROM live_consent WHERE contributor_id = :contributor_id;

-- name: list_agreed
-- Who of a city agreed to be seen, not longer ago than that, does not refuse to be recorded, and has a key that holds. Params: city_id, since_s.
SELECT said.contributor_id, extract(epoch FROM said.at)::float AS after_s
FROM (
  SELECT DISTINCT ON (contributor_id) contributor_id, given, at
  FROM live_consent
  WHERE city_id = :city_id
  ORDER BY contributor_id, live_consent_id DESC
) said
WHERE said.given AND said.at > to_timestamp(:since_s)
  AND EXISTS (SELECT FROM token t WHERE t.contributor_id = said.contributor_id AND t.revoked_at IS NULL)
  AND coalesce((
    SELECT c.given FROM consent c WHERE c.contributor_id = said.contributor_id ORDER BY c.consent_id DESC LIMIT 1
  ), true)
ORDER BY said.contributor_id;

-- name: list_messages
-- What some people's recorders sent after a moment and up to another one, by keys that hold. Params: contributor_ids, after_s, until_s.
SELECT m.message_id, m.contributor_id, m.kind, m.query, m.device, m.bytes,
       extract(epoch FROM m.received_at)::float AS received_s
FROM token t
JOIN message m USING (token_id)
WHERE t.contributor_id = ANY (CAST(:contributor_ids AS integer[])) AND t.revoked_at IS NULL
  AND m.received_at > to_timestamp(:after_s) AND m.received_at <= to_timestamp(:until_s)
  AND (m.kind <> 'page' OR m.device <> '')
ORDER BY m.message_id;

-- name: hold_rides
-- Let one process at a time name the rides of a city, until the transaction ends. Params: city_id.
SELECT pg_advisory_xact_lock(1668246902, :city_id);

-- name: list_rides
-- The rides of a city that have a name. Params: city_id.
SELECT contributor_id, recorder, line, vehicle_id, trip_id, start_date, start_s, last_s
FROM live_ride
WHERE city_id = :city_id;

-- name: save_rides
-- Keep which ride each recorder is on, in place of the one before. Params: city_id, contributor_ids, recorders, lines, vehicle_ids, trip_ids, start_dates, starts_s, lasts_s.
INSERT INTO live_ride (city_id, contributor_id, recorder, line, vehicle_id, trip_id, start_date, start_s, last_s)
SELECT CAST(:city_id AS integer), o.*
FROM unnest(CAST(:contributor_ids AS integer[]), CAST(:recorders AS text[]), CAST(:lines AS text[]),
            CAST(:vehicle_ids AS text[]), CAST(:trip_ids AS text[]), CAST(:start_dates AS date[]),
            CAST(:starts_s AS integer[]), CAST(:lasts_s AS float[])) AS o
ON CONFLICT ON CONSTRAINT live_ride_pkey DO UPDATE
SET line = excluded.line, vehicle_id = excluded.vehicle_id, trip_id = excluded.trip_id,
    start_date = excluded.start_date, start_s = excluded.start_s, last_s = excluded.last_s;

-- name: delete_over
-- Forget the rides of a city that have not been seen since a moment, with their names. Params: city_id, before_s.
DELETE FROM live_ride WHERE city_id = :city_id AND last_s < :before_s;
