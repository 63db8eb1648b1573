-- name: insert_key
-- A new key of a contributor. Params: city_id, contributor_id, token_sha256, role, label.
INSERT INTO token (city_id, contributor_id, token_sha256, role, label)
VALUES (:city_id, :contributor_id, :token_sha256, :role, :label);

-- name: revoke_key
-- Let a key hold no longer. Params: city_id, token_id.
UPDATE token SET revoked_at = now() WHERE city_id = :city_id AND token_id = :token_id AND revoked_at IS NULL;

-- name: insert_consent
-- What somebody agreed to or refused. Params: city_id, contributor_id, given, text_version, language, via.
INSERT INTO consent (city_id, contributor_id, given, text_version, language, via)
VALUES (:city_id, :contributor_id, :given, :text_version, :language, :via);

-- name: get_consent
-- What somebody said last when asked. Params: contributor_id.
SELECT given, text_version, language, via, at
FROM consent
WHERE contributor_id = :contributor_id
ORDER BY consent_id DESC
LIMIT 1;
