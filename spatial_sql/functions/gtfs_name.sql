-- Puts a name on one line, as GTFS values hold no tabs and no line breaks.
-- Spaces of all kinds, control characters, line and paragraph separators and the mark of a broken decoding become one
-- space, and none at either end. They are written out, as what counts as a space would depend on the locale.
-- \param name  as somebody said it, or null
-- \returns     the name on one line; null where nothing is left
CREATE OR REPLACE FUNCTION gtfs_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT nullif(btrim(regexp_replace(
    name, '[\u0001-\u0020\u007f-\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff\ufffd]+' COLLATE "C", ' ', 'g'
  )), '')
$$;
