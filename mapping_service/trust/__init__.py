"""Which traces to believe: copies, fabricated and impossible ones, and how reliable each contributor has been."""
