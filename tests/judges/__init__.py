"""Independent programs judge our feeds: validators, trip planners and importers that other people wrote."""
