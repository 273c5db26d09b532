"""Everything in one process on an embedded PostgreSQL: the command `preau`."""
