"""The billing service of Préau."""
