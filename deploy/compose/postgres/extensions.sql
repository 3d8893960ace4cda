-- What ChirpStack's tables need. Runs once, as the owner of its database.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS hstore;
