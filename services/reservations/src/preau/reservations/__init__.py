"""The reservations service of Préau."""
