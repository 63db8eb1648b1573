-- What a release says that is settled for the whole city, so that the next one can be compared with it.

ALTER TABLE network
  ADD COLUMN holidays text,                      -- as_usual, or whose public holidays are as Sundays, null: not kept
  ADD CONSTRAINT network_holidays CHECK (
    holidays IS NULL OR (kind = 'release' AND (holidays = 'as_usual' OR holidays ~ '^[A-Z]{2}$'))
  );
