"""A validated basket: all of it or nothing."""
