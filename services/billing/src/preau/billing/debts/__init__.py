"""Debts that keep families from booking, where the commune wants it: its rule and exceptions."""
