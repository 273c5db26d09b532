"""Invoices: open and paid, in detail, as PDF."""
