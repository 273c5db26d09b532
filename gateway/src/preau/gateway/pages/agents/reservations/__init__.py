"""Bookings to decide, and booking for a family."""
