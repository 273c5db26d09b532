"""Webhooks: what providers tell us unasked. A hint, never the truth."""
