"""Server-rendered pages of parents and agents, their design system and static files."""
