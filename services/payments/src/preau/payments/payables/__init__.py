"""Payables: the invoices that wait for money, as billing published them."""
