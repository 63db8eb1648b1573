-- Doubts about traces, and how reliable contributors have been.

SELECT;
