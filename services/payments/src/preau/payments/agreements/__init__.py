"""Agreements: which provider collects for a régie."""
