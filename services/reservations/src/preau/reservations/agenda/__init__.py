"""The calendar that a parent sees: each day of a child at a site, what can be done and why not."""
