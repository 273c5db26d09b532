"""Computing a run: what a worker makes of a chunk of families."""
