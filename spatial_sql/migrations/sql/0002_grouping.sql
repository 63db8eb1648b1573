-- What grouping remembers between two processings.

SELECT;
