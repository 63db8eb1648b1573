"""One pure builder for each file of the feed; all of them put their records through ``spec.make_table``."""
