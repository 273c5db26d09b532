"""The payments service of Préau."""
