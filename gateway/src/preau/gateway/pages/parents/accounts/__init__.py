"""Signing in, registering, joining a commune."""
