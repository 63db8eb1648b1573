-- What is told riders right now.

-- A notice of people who see to a city: a closed road, a strike, a new fare. It ends; it is never deleted or renumbered.
CREATE TABLE alert (
  city_id     integer NOT NULL,
  number      integer NOT NULL,                  -- counts within the city; public
  cause       text NOT NULL,                     -- mapping_service.alerts.CAUSES
  effect      text NOT NULL,                     -- mapping_service.alerts.EFFECTS
  header      text NOT NULL,
  description text,
  url         text,
  language    text NOT NULL,                     -- BCP 47, of header and description
  starts_at   timestamptz NOT NULL,
  ends_at     timestamptz,                       -- null: until somebody ends it
  created_at  timestamptz NOT NULL DEFAULT now(),
  created_by  text NOT NULL,
  ended_by    text,                              -- who ended it before its time
  CONSTRAINT alert_pkey PRIMARY KEY (city_id, number),
  CONSTRAINT alert_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  CONSTRAINT alert_words CHECK (header <> '' AND description <> ''),
  CONSTRAINT alert_order CHECK (ends_at >= starts_at)
);

-- The routes and stops that an alert is about, by their public ids; none: the whole city.
CREATE TABLE alert_about (
  city_id integer NOT NULL,
  number  integer NOT NULL,
  kind    text NOT NULL,
  id      text NOT NULL,
  CONSTRAINT alert_about_pkey PRIMARY KEY (city_id, number, kind, id),
  CONSTRAINT alert_about_alert_fkey FOREIGN KEY (city_id, number) REFERENCES alert,
  CONSTRAINT alert_about_kind CHECK (kind IN ('route', 'stop'))
);
