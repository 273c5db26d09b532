"""The door to the services: a streaming reverse proxy, and the front's own client to them."""
