"""The only code of the service that talks to the database: rows to records and back, one noun per module."""
