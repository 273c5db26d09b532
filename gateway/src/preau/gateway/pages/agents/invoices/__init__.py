"""Invoices: search, detail, PDF, credit notes."""
