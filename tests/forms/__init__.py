"""Forms: building, publishing, filling them in as real clients do, and reading the answers."""
