"""The family's record as the commune keeps it, and the account."""
