"""Billing of the month."""
