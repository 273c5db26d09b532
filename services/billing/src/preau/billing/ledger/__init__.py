"""The ledger: what is due, what was paid, what a family is owed. Every document's status is read from it."""
