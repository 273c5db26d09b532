"""Paying, and coming back from the bank."""
