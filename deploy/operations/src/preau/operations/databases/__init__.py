"""``preau databases set-up``: every service's database with its roles, before anything migrates."""
