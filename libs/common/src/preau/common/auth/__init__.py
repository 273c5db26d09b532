"""Who speaks: tokens, subjects."""
