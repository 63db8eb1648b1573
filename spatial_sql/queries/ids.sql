-- Public ids that lead on, and names that a person chose.

-- name: delete_live_aliases
-- Forget where ids lead that are live again in a network. Params: network_id.
DELETE FROM id_alias a
USING network n
WHERE n.network_id = :network_id AND a.city_id = n.city_id AND CASE a.kind
  WHEN 'route' THEN EXISTS (SELECT FROM route r WHERE r.network_id = n.network_id AND r.route_id = a.old_id)
  WHEN 'pattern' THEN EXISTS (SELECT FROM pattern p WHERE p.network_id = n.network_id AND p.pattern_id = a.old_id)
  WHEN 'stop' THEN EXISTS (SELECT FROM stop s WHERE s.network_id = n.network_id AND s.stop_id = a.old_id)
  ELSE EXISTS (SELECT FROM station s WHERE s.network_id = n.network_id AND s.station_id = a.old_id)
END;

-- name: lead_on
-- What led to an id that is given up leads to the one that follows it. Params: city_id, kind, old, new.
UPDATE id_alias SET new_id = :new WHERE city_id = :city_id AND kind = :kind AND new_id = :old AND old_id <> :new;

-- name: insert_alias
-- Let an id that is given up lead to the one that follows it. Params: city_id, kind, old, new.
INSERT INTO id_alias (city_id, kind, old_id, new_id)
VALUES (:city_id, :kind, :old, :new)
ON CONFLICT ON CONSTRAINT id_alias_pkey DO UPDATE SET new_id = excluded.new_id, since = excluded.since;

-- name: get_follower
-- Where an id that a network does not have leads, if to something that it has. Params: network_id, kind, id.
SELECT a.new_id
FROM id_alias a
JOIN network n USING (city_id)
WHERE n.network_id = :network_id AND a.kind = :kind AND a.old_id = :id AND (
  EXISTS (SELECT FROM route r WHERE a.kind = 'route' AND r.network_id = n.network_id AND r.route_id = a.new_id)
  OR EXISTS (SELECT FROM stop s WHERE a.kind = 'stop' AND s.network_id = n.network_id AND s.stop_id = a.new_id)
);

-- name: get_name
-- What an element of a network is called, one row if it is there. Params: network_id, kind, id, field.
SELECT CASE WHEN :field = 'short_name' THEN short_name ELSE long_name END AS name
FROM route WHERE :kind = 'route' AND network_id = :network_id AND route_id = :id
UNION ALL SELECT headsign FROM pattern WHERE :kind = 'pattern' AND network_id = :network_id AND pattern_id = :id
UNION ALL SELECT name FROM stop WHERE :kind = 'stop' AND network_id = :network_id AND stop_id = :id
UNION ALL SELECT name FROM station WHERE :kind = 'station' AND network_id = :network_id AND station_id = :id;

-- name: insert_chosen_name
-- Keep what a person called an element of the accepted network. Params: network_id, kind, id, field, city_id, name, actor.
INSERT INTO chosen_name (network_id, kind, element_id, field, city_id, name, actor)
VALUES (:network_id, :kind, :id, :field, :city_id, :name, :actor)
ON CONFLICT ON CONSTRAINT chosen_name_pkey DO UPDATE SET name = excluded.name, actor = excluded.actor, at = excluded.at;

-- name: list_chosen_numbers
-- What people said is painted on the vehicles of accepted routes. Params: city_id.
SELECT element_id, name
FROM chosen_name c
JOIN network n USING (network_id)
WHERE n.city_id = :city_id AND n.kind = 'accepted' AND c.kind = 'route' AND c.field = 'short_name'
ORDER BY element_id COLLATE "C";

-- name: apply_chosen_names
-- Call the elements of a network as a person did in the accepted one. Params: network_id, accepted_id.
WITH chosen AS (
  SELECT kind, field, element_id, name FROM chosen_name WHERE network_id = :accepted_id
), routes AS (
  UPDATE route r
  SET short_name = coalesce(c.short_name, r.short_name), long_name = coalesce(c.long_name, r.long_name)
  FROM (
    SELECT element_id, max(name) FILTER (WHERE field = 'short_name') AS short_name,
           max(name) FILTER (WHERE field = 'long_name') AS long_name
    FROM chosen WHERE kind = 'route' GROUP BY element_id
  ) c
  WHERE r.network_id = :network_id AND r.route_id = c.element_id
), patterns AS (
  UPDATE pattern p SET headsign = c.name FROM chosen c
  WHERE c.kind = 'pattern' AND p.network_id = :network_id AND p.pattern_id = c.element_id
), stops AS (
  UPDATE stop s SET name = c.name FROM chosen c
  WHERE c.kind = 'stop' AND s.network_id = :network_id AND s.stop_id = c.element_id
)
UPDATE station s SET name = c.name FROM chosen c
WHERE c.kind = 'station' AND s.network_id = :network_id AND s.station_id = c.element_id;

-- name: copy_chosen_names
-- Let a network that was copied from another say which of its names a person chose. Params: source, target.
INSERT INTO chosen_name
SELECT :target, c.kind, c.element_id, c.field, c.city_id, c.name, c.actor, c.at
FROM chosen_name c
WHERE c.network_id = :source AND CASE c.kind
  WHEN 'route' THEN EXISTS (SELECT FROM route r WHERE r.network_id = :target AND r.route_id = c.element_id)
  WHEN 'pattern' THEN EXISTS (SELECT FROM pattern p WHERE p.network_id = :target AND p.pattern_id = c.element_id)
  WHEN 'stop' THEN EXISTS (SELECT FROM stop s WHERE s.network_id = :target AND s.stop_id = c.element_id)
  ELSE EXISTS (SELECT FROM station s WHERE s.network_id = :target AND s.station_id = c.element_id)
END;
