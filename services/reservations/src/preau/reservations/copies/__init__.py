"""Copies of what the identity service publishes: communes, families, children."""
