"""Régies: the cash offices that bill and collect, each with its own numbers."""
