"""Receipts: numbered per régie, written once."""
