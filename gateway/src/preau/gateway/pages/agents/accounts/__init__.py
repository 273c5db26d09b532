"""Signing in and out, and recovering a lost password."""
