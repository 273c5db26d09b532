"""Tariffs and their prices for sample families."""
