"""Contracts: which provider collects for a régie."""
