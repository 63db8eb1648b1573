-- name: get_service
-- The id of a booked service by its id or its name. Params: network_id, named.
SELECT booked_id FROM booked_service WHERE network_id = :network_id AND (booked_id = :named OR name = :named)
ORDER BY booked_id = :named DESC
LIMIT 1;

-- name: put_service
-- Keep a booked service; one of the same id is changed. Params: network_id, booked_id, city_id, name, agency_id, area_wkb, phone, url, day_types, start_s, end_s, notice_min, notice_days, book_until_s.
INSERT INTO booked_service (network_id, booked_id, city_id, name, agency_id, geom, phone, url, day_types, start_s, end_s,
                            notice_min, notice_days, book_until_s)
VALUES (:network_id, :booked_id, :city_id, :name, :agency_id, ST_GeomFromWKB(:area_wkb, 4326), :phone, :url, :day_types,
        :start_s, :end_s, :notice_min, :notice_days, :book_until_s)
ON CONFLICT ON CONSTRAINT booked_service_pkey DO UPDATE
SET name = excluded.name, agency_id = excluded.agency_id, geom = excluded.geom, phone = excluded.phone,
    url = excluded.url, day_types = excluded.day_types, start_s = excluded.start_s, end_s = excluded.end_s,
    notice_min = excluded.notice_min, notice_days = excluded.notice_days, book_until_s = excluded.book_until_s;

-- name: list_services
-- The booked services of a network, with the square kilometres of their areas. Params: network_id.
SELECT booked_id, name, agency_id, phone, url, day_types, start_s, end_s, notice_min, notice_days, book_until_s,
       round((ST_Area(geom::geography) / 1e6)::numeric, 1) AS km2
FROM booked_service
WHERE network_id = :network_id
ORDER BY length(booked_id), booked_id COLLATE "C";

-- name: delete_service
-- Take a booked service back. Params: network_id, booked_id.
DELETE FROM booked_service WHERE network_id = :network_id AND booked_id = :booked_id;
