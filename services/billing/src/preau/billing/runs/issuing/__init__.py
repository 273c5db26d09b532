"""Issuing a run: what a worker makes of a stage, and the drafts that are no longer so."""
