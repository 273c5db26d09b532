"""Copies of what the identity service tells: communes, families, children."""
