-- name: get_settings
-- The settings of a city's feed. Params: city_id.
SELECT publisher_name, contact_email, contact_url, licence, country, surveyed_once, holidays
FROM city
WHERE city_id = :city_id;

-- name: update_settings
-- Keep the settings of a city's feed. Params: city_id, publisher_name, contact_email, contact_url, licence, country, surveyed_once, holidays.
UPDATE city
SET publisher_name = :publisher_name, contact_email = :contact_email, contact_url = :contact_url, licence = :licence,
    country = :country, surveyed_once = :surveyed_once, holidays = :holidays
WHERE city_id = :city_id;
