"""Places: a capacity an activity and a date, never more used than there are."""
