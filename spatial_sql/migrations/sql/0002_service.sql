-- Running times, headways and fares with their intervals and samples.

SELECT;
