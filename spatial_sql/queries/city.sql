-- name: get_city
-- One city by its slug. Params: slug.
SELECT city_id, slug, name, timezone, currency, language, synthetic, srid, words
FROM city
WHERE slug = :slug;

-- name: list_cities
-- All cities in the order of their names.
SELECT city_id, slug, name, timezone, currency, language, synthetic, srid, words
FROM city
ORDER BY name, slug;

-- name: insert_city
-- A new city; its candidate and accepted networks come with it. Params: slug, name, timezone, currency, language, synthetic, words.
WITH made AS (
  INSERT INTO city (slug, name, timezone, currency, language, synthetic, words)
  VALUES (:slug, :name, :timezone, :currency, :language, :synthetic, CAST(:words AS jsonb))
  RETURNING city_id
)
INSERT INTO network (city_id, kind)
SELECT city_id, kind FROM made, unnest(ARRAY['candidate', 'accepted']::network_kind[]) AS kind
RETURNING city_id;

-- name: mark_place
-- Say where a city is, and in which projected CRS it is measured. Params: city_id, lon, lat, srid.
UPDATE city
SET anchor = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), srid = :srid
WHERE city_id = :city_id;

-- name: lock_city
-- Let one process at a time infer and review a city, until the transaction ends. Params: city_id.
SELECT pg_advisory_xact_lock(1668246901, :city_id);

-- name: get_or_insert_contributor
-- The id of a pseudonym in a city. Params: city_id, pseudonym.
INSERT INTO contributor (city_id, pseudonym)
VALUES (:city_id, :pseudonym)
ON CONFLICT ON CONSTRAINT contributor_pseudonym_key DO UPDATE SET pseudonym = excluded.pseudonym
RETURNING contributor_id;

-- name: get_token
-- Whose key this is and what it may do, where it still holds. Params: token_sha256.
SELECT token.city_id, city.slug, city.language, token.contributor_id, token.token_id, token.role, contributor.pseudonym
FROM token
JOIN city USING (city_id)
JOIN contributor USING (contributor_id)
WHERE token_sha256 = :token_sha256 AND revoked_at IS NULL;
