"""The search over everything that an agent may read."""
