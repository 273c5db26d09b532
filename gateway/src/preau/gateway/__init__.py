"""The gateway: one door for parents and agents, and the web front."""
