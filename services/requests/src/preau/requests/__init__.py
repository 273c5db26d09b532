"""The requests service of Préau."""
