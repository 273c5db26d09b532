"""Which day is what: holidays, closures, and the calendar that a parent sees."""
