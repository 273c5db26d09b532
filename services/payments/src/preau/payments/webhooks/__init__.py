"""Webhooks: notifications that providers send. A hint, never the truth."""
