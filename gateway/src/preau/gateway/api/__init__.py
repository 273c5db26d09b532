"""The calls to the five services, one client a service."""
