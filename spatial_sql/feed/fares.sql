-- What rides cost, for the second generation of GTFS fares: only what riders reported. A network of GTFS is one route
-- here, since every informal route has its own fare; an area is a station, or a stop that stands alone.

-- name: fare_product
-- The fares of each route: of the whole ride (stage 0), and of each stage that costs something else; in the rush hours too, where they are dearer then. A ride shorter than all reported ones costs as much as the shortest.
CREATE UNLOGGED TABLE feed_fare_product AS
WITH whole AS (
  SELECT r.route_id, f.currency, round(f.amount, c.decimals) AS amount,
         coalesce(round(f.rush_surcharge, c.decimals), 0) AS surcharge
  FROM feed_about a
  JOIN fare f USING (network_id)
  JOIN feed_route r USING (route_id)
  JOIN feed_currency c ON c.currency = f.currency
), step AS (
  SELECT r.route_id, s.currency, round(s.amount, c.decimals) AS amount, s.from_m, row_number() OVER way AS stage,
         lead(s.from_m) OVER way AS until_m
  FROM feed_about a
  JOIN stage_fare s USING (network_id)
  JOIN feed_route r USING (route_id)
  JOIN feed_currency c ON c.currency = s.currency
  WINDOW way AS (PARTITION BY r.route_id ORDER BY s.from_m)
), priced AS (
  SELECT route_id, 0 AS stage, CAST(NULL AS real) AS from_m, CAST(NULL AS real) AS until_m, amount, currency, surcharge
  FROM whole
  UNION ALL
  SELECT step.route_id, stage, CASE WHEN stage = 1 THEN 0 ELSE from_m END, until_m, step.amount, step.currency,
         coalesce(surcharge, 0)
  FROM step
  LEFT JOIN whole USING (route_id)
  WHERE step.amount IS DISTINCT FROM whole.amount
)
SELECT route_id, stage, rush, from_m, until_m, CASE WHEN rush THEN amount + surcharge ELSE amount END AS amount, currency,
       concat_ws('/', route_id, nullif(stage, 0), CASE WHEN rush THEN 'rush' END) AS product_id
FROM priced
CROSS JOIN (VALUES (FALSE), (TRUE)) AS hours (rush)
WHERE NOT rush OR surcharge > 0;

-- name: fare_place
-- Where one gets on and off the routes whose fare grows with the way, and in which area that is: a hailed place counts to the stop next to it on each route.
CREATE UNLOGGED TABLE feed_fare_place AS
WITH served AS (
  SELECT p.route_id, p.pattern_no, s.stop_sequence, s.stop_id, s.is_virtual, s.dist_m,
         coalesce(f.station_id, s.stop_id) AS area_id
  FROM feed_pattern p
  JOIN feed_pattern_stop s USING (pattern_no)
  JOIN feed_stop f USING (stop_id)
  WHERE p.route_id IN (SELECT route_id FROM feed_fare_product WHERE stage > 0)
), hailed AS (
  SELECT DISTINCT ON (v.route_id, v.stop_id) v.route_id, v.stop_id, s.area_id
  FROM served v
  JOIN served s ON s.pattern_no = v.pattern_no AND NOT s.is_virtual
  WHERE v.is_virtual
  ORDER BY v.route_id, v.stop_id, abs(v.dist_m - s.dist_m), s.area_id COLLATE "C"
)
SELECT route_id, pattern_no, stop_sequence, stop_id, is_virtual, dist_m, coalesce(hailed.area_id, served.area_id) AS area_id
FROM served
LEFT JOIN hailed USING (route_id, stop_id);

-- name: fare_pair
-- Which stage a ride between two areas is, worked out when asked for. Where ways of one route differ in length the longer one counts: rather too dear than too cheap. Within one area it is the first stage.
CREATE VIEW feed_fare_pair AS
WITH ridden AS (
  SELECT a.route_id, a.pattern_no, a.area_id AS from_area_id, b.area_id AS to_area_id,
         CASE WHEN a.area_id = b.area_id THEN 0 ELSE min(b.dist_m - a.dist_m) END AS ridden_m
  FROM feed_fare_place a
  JOIN feed_fare_place b ON b.pattern_no = a.pattern_no AND b.stop_sequence > a.stop_sequence AND NOT b.is_virtual
  WHERE NOT a.is_virtual
  GROUP BY a.route_id, a.pattern_no, a.area_id, b.area_id
  UNION ALL
  SELECT DISTINCT route_id, pattern_no, area_id, area_id, 0 FROM feed_fare_place WHERE is_virtual
), longest AS (
  SELECT route_id, from_area_id, to_area_id, max(ridden_m) AS ridden_m
  FROM ridden
  GROUP BY route_id, from_area_id, to_area_id
)
SELECT route_id, from_area_id, to_area_id, stage
FROM longest
JOIN feed_fare_product USING (route_id)
WHERE stage > 0 AND NOT rush AND ridden_m >= from_m AND (until_m IS NULL OR ridden_m < until_m);
