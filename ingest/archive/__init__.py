"""Events and data out to files and back: backup and restore, export and its way in, the support bundle."""
