"""The day's desk: what waits for this agent."""
