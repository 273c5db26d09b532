"""Marking who is there."""
