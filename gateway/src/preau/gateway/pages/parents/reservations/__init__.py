"""The calendar, the basket, periods, orders and bookings."""
