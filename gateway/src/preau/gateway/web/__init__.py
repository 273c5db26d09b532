"""The web front: server-rendered pages of parents and agents, their design system and static files."""
