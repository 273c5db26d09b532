"""One OpenAPI document out of the services' own."""
