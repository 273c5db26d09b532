"""Payables: the invoices that wait for money, as billing told of them."""
