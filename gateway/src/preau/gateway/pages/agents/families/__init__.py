"""Family records, and registering a family."""
