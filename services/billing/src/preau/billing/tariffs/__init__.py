"""Tariffs: declarative, effective-dated prices, and the pure function that applies them."""
