"""A streaming reverse proxy before the services."""
