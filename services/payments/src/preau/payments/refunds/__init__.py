"""Refunds: money given back through the provider that took it."""
