"""Reconciliation: asking the provider until a payment is final."""
