"""What the ledger tells people: a family's statement of account, a régie's journal."""
