-- What a feed states beside what rides tell: who runs which route, and names in other languages. People settle it in
-- the accepted network, and a release keeps its own copy.

-- A brand that riders know: a union, a cooperative, a company.
CREATE TABLE agency (
  network_id integer NOT NULL,
  agency_id  text NOT NULL,
  city_id    integer NOT NULL,
  name       text NOT NULL,
  url        text,                               -- null: it has no page
  phone      text,                               -- as dialled from abroad: +254 20 2222222
  email      text,
  cash_only  boolean,                            -- null: nobody said
  CONSTRAINT agency_pkey PRIMARY KEY (network_id, agency_id),
  CONSTRAINT agency_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT agency_city_fkey FOREIGN KEY (city_id) REFERENCES city,
  -- Usage: agencies.get_agency, agencies.put_agency
  CONSTRAINT agency_name_key UNIQUE (network_id, name)
);
-- Usage: foreign key
CREATE INDEX agency_city_idx ON agency (city_id);

-- Which agency runs a route, as a person decided. The route may be gone for a while and come back.
CREATE TABLE agency_route (
  network_id integer NOT NULL,
  route_id   text NOT NULL,
  city_id    integer NOT NULL,
  agency_id  text NOT NULL,
  CONSTRAINT agency_route_pkey PRIMARY KEY (network_id, route_id),
  CONSTRAINT agency_route_agency_fkey FOREIGN KEY (network_id, agency_id) REFERENCES agency ON DELETE CASCADE,
  CONSTRAINT agency_route_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: agencies.list_agencies, foreign key
CREATE INDEX agency_route_agency_idx ON agency_route (network_id, agency_id);
-- Usage: foreign key
CREATE INDEX agency_route_city_idx ON agency_route (city_id);

-- What a name is in another language, wherever it stands: stop, destination, route, agency.
CREATE TABLE name_translation (
  network_id  integer NOT NULL,
  language    text NOT NULL,                     -- BCP 47
  name        text NOT NULL,                     -- as the network has it
  city_id     integer NOT NULL,
  translation text NOT NULL,
  CONSTRAINT name_translation_pkey PRIMARY KEY (network_id, language, name),
  CONSTRAINT name_translation_network_fkey FOREIGN KEY (network_id) REFERENCES network ON DELETE CASCADE,
  CONSTRAINT name_translation_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
-- Usage: foreign key
CREATE INDEX name_translation_city_idx ON name_translation (city_id);
