"""Copies of what the identity service knows: communes and families."""
