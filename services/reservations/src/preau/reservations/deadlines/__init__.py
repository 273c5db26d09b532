"""Until when one may act on a day: the grammar of deadlines and their instants."""
