"""One booking changed at once: cancelled by a parent, made, decided or cancelled by an agent."""
