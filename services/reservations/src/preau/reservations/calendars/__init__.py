"""Which day is what: holidays, school days, closures."""
