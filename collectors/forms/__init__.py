"""Forms for ODK Collect and its kin: our own in Markdown, a city's own as it brings them, and what answers say."""
