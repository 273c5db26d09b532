"""Billing runs: a month of a régie, computed in chunks by workers, then issued."""
