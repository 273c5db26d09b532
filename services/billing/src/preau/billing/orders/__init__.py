"""Prepaid orders: invoiced at once, cancelled when their hold expires."""
