"""Requests with their documents and messages."""
