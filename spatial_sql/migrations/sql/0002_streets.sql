-- The street network of a city and the runs matched to it.

SELECT;
