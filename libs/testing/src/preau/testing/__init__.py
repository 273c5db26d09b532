"""Fixtures for real parts: databases, brokers, running services, tokens."""
