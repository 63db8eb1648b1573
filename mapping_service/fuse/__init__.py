"""Groups to routes: one shape, stops in order, times, headways and fares, each with its evidence."""
