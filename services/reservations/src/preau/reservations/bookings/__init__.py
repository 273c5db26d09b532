"""One booking: its record, its life in one table, versions that grow."""
