"""Payments received, and credits to give back."""
