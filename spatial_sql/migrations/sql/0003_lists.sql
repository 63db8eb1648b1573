-- What phones choose from: stops, routes and service points of a city, made anew when its network changes.
CREATE TABLE choice_list (
  city_id     integer NOT NULL,
  name        text NOT NULL,                      -- stops, routes, service_points
  made_from   text NOT NULL,                      -- fingerprint of what it was made from
  csv         bytea NOT NULL,
  csv_md5     text NOT NULL,
  geojson     bytea NOT NULL,
  geojson_md5 text NOT NULL,
  CONSTRAINT choice_list_pkey PRIMARY KEY (city_id, name),
  CONSTRAINT choice_list_city_fkey FOREIGN KEY (city_id) REFERENCES city
);
