"""Quotes: what a basket would cost, line by line."""
