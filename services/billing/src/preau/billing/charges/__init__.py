"""Charges: what bookings and attendance cost, one row a booking."""
