"""Invoices and credit notes: numbered, immutable once issued."""
