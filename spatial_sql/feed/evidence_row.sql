-- How a part of the evidence is written: csv takes the place of {part}, a statement of evidence.sql; json that of {rows}.

-- name: overruled
-- The values of ours that stand back for those of an imported feed. Params: overruled.
CREATE UNLOGGED TABLE feed_overruled AS
SELECT * FROM jsonb_to_recordset(CAST(:overruled AS jsonb)) AS known (element text, id text, field text);

-- name: service
-- Services of ours under the ids by which they are published where an imported feed has the same. Params: services.
WITH yielding AS (
  SELECT key AS service_id, value AS published_id FROM jsonb_each_text(CAST(:services AS jsonb))
), patterns AS (
  UPDATE feed_pattern p SET service_id = y.published_id FROM yielding y WHERE p.service_id = y.service_id
), trips AS (
  UPDATE feed_trip t SET service_id = y.published_id FROM yielding y WHERE t.service_id = y.service_id
)
UPDATE feed_service s SET service_id = y.published_id FROM yielding y WHERE s.service_id = y.service_id;

-- name: csv
-- The columns of evidence.csv. An estimate is whatever was not itself said, measured, chosen or declared by somebody.
SELECT element, id, field, value, method, CASE WHEN method IN (
         'reported', 'chosen', 'declared', 'runs', 'observed', 'measured', 'halts', 'band'
       ) THEN 'false' ELSE 'true' END AS estimate, observations, people, first_seen, last_seen, low, high, confidence
FROM ({part}) AS said (
  element, id, field, value, method, observations, people, first_seen, last_seen, low, high, confidence
)
WHERE NOT EXISTS (SELECT FROM feed_overruled o WHERE (o.element, o.id, o.field) = (said.element, said.id, said.field))

-- name: json
-- The same as JSON objects, without what is unknown.
SELECT json_strip_nulls(row_to_json(one))
FROM (
  SELECT element, id, field, value, method, estimate::boolean, observations, people, first_seen, last_seen, low, high,
         confidence
  FROM ({rows}) AS told
) AS one

-- name: running
-- What the running times of each pattern rest on, in the order in which stop_times.sql has them.
SELECT p.pattern_no, of_pattern.*
FROM feed_pattern p
CROSS JOIN LATERAL (
  SELECT array_agg(method) AS methods, array_agg(runs) AS runs, array_agg(people) AS people
  FROM (
    SELECT * FROM running_time r
    WHERE r.network_id = p.network_id AND r.pattern_id = p.pattern_id
    ORDER BY stop_sequence, band_start_s, band_end_s
  ) AS r
) AS of_pattern
ORDER BY pattern_no;
