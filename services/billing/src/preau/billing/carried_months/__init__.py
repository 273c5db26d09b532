"""Small amounts that a régie carries over: months that wait for the next month's end."""
