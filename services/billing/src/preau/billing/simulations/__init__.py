"""Simulations: what a tariff would have asked for in months that were, and of whom more or less."""
