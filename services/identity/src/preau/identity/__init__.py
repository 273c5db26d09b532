"""The identity service of Préau."""
