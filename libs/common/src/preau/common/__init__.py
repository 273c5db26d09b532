"""What every part of Préau shares: technical only, it knows nothing of the domain."""
