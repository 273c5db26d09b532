"""Régies: the tills that bill and collect, each with its own numbers."""
