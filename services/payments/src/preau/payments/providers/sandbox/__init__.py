"""The sandbox bank: a provider of our own for development and tests. No real money."""
