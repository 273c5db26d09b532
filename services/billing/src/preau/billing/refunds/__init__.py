"""Refunds of payments through the provider that took them: ordered here, where the ledger says how much."""
