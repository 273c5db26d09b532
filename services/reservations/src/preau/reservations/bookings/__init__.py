"""One booking's life: one transition table, versions that grow."""
